"""Judges finished pictures by the safety checker that a base model may bring along."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from safetensors import SafetensorError
from transformers import CLIPImageProcessorPil

from backend.errors import BackendError, ErrorCode

_log = structlog.get_logger(__name__)

_PART, _PROCESSOR = "safety_checker", "feature_extractor"


class SafetyChecker:
    """Tells which pictures have to be held back; in float32, by torch.

    It takes about as long as the text encoder, so a graph of its own in OpenVINO would gain
    nothing that anybody notices.
    """

    def __init__(
        self, model: StableDiffusionSafetyChecker, processor: CLIPImageProcessorPil
    ) -> None:
        self._model = model
        self._processor = processor

    @classmethod
    def load(cls, base: Path) -> "SafetyChecker | None":
        """Load the checker of the base model in `base`; None if it names none.

        None, too, with a warning in the log, where the base names one but its folder was left
        out, as many copies of base models do.

        Raises BackendError (base_model) where it is there and cannot be read, or lacks weights:
        what lacks would be made up at random and judge nothing.
        """
        if not names_checker(base):
            return None
        if not (base / _PART).is_dir():
            _log.warning("no_safety_checker", base=str(base), message="Its folder is not there.")
            return None
        try:
            model, loading = StableDiffusionSafetyChecker.from_pretrained(
                base / _PART,
                use_safetensors=True,
                torch_dtype=torch.float32,
                output_loading_info=True,
                local_files_only=True,
            )
            processor = CLIPImageProcessorPil.from_pretrained(
                base / _PROCESSOR, local_files_only=True
            )
            if missing := sorted(loading["missing_keys"]):
                raise ValueError(f"it lacks {missing[0]}")
        except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
            _log.exception("safety_checker_failed", base=str(base))
            raise BackendError(
                ErrorCode.BASE_MODEL,
                f"The safety checker of the base model in {base} cannot be loaded.",
                f"Copy {_PART} (with model.safetensors) and {_PROCESSOR} anew, or set "
                "FIGMENT_SAFETY_CHECKER=false.",
            ) from error
        return cls(model.requires_grad_(False).eval(), processor)

    def holds_back(self, pictures: Sequence[Image.Image]) -> list[bool]:
        """Tell of each picture whether it must not be shown."""
        if not pictures:
            return []
        pixels = self._processor(images=list(pictures), return_tensors="pt").pixel_values
        # The checker paints black what it flags, and says so in the log: it gets nothing to paint.
        nothing = np.zeros((len(pictures), 1, 1, 3), np.float32)
        _, flagged = self._model(clip_input=pixels, images=nothing)
        return [bool(one) for one in flagged]


def names_checker(base: Path) -> bool:
    """Tell whether model_index.json of the base model in `base` names a safety checker."""
    index: dict[str, Any] = json.loads((base / "model_index.json").read_text("utf-8"))
    named = index.get(_PART) or [None]
    return named[0] is not None


class _NoBlackImages(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the word of a black picture, which is not what is done."""
        return "black image" not in record.getMessage()


logging.getLogger("diffusers.pipelines.stable_diffusion.safety_checker").addFilter(_NoBlackImages())
