"""How much drawn pictures resemble the training pictures, and how well they follow their prompts.

Both are cosines of CLIP embeddings, as DreamBooth (arXiv 2208.12242, CLIP-I and CLIP-T) and
Textual Inversion (arXiv 2208.01618) measure it. CLIP-I is the mean over all pairs of a drawn and
a training picture, as in both. CLIP-T is the mean over the drawn pictures, each with its own
prompt, as in DreamBooth; CLIP never saw the placeholder, so the prompt is read without it, as in
Textual Inversion: left out, or with the initializer in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from PIL import Image
from safetensors import SafetensorError
from torch.nn import functional
from transformers import AutoConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from cluster.errors import TrainingError

_BATCH = 16


@dataclass(frozen=True)
class ClipScores:
    """Cosines, -1 to 1, higher is better. Only scores by one CLIP model can be compared."""

    image: float
    """CLIP-I: with the training pictures."""
    text: float
    """CLIP-T: with the prompts."""


@dataclass(frozen=True)
class Clip:
    """A CLIP model in fp32 without gradients, and what prepares pictures and words for it."""

    model: CLIPModel
    processor: CLIPImageProcessorPil
    tokenizer: CLIPTokenizer

    def of_pictures(self, pictures: Sequence[Image.Image]) -> torch.Tensor:
        """Embeddings of unit length, float32 [N, D]."""
        found = []
        for start in range(0, len(pictures), _BATCH):
            part = [picture.convert("RGB") for picture in pictures[start : start + _BATCH]]
            pixels = self.processor(images=part, return_tensors="pt").pixel_values
            with torch.no_grad():
                found.append(self.model.get_image_features(pixel_values=pixels).pooler_output)
        return functional.normalize(torch.cat(found), dim=-1)

    def of_sentences(self, sentences: Sequence[str]) -> torch.Tensor:
        """Embeddings of unit length, float32 [N, D]; what is too long is cut off."""
        words = self.tokenizer(
            list(sentences),
            padding="max_length",
            truncation=True,
            max_length=self.model.config.text_config.max_position_embeddings,
            return_tensors="pt",
        )
        with torch.no_grad():
            found = self.model.get_text_features(
                input_ids=words.input_ids, attention_mask=words.attention_mask
            )
        return functional.normalize(cast(torch.Tensor, found.pooler_output), dim=-1)


def load_clip(name: str) -> Clip:
    """Load a CLIP model from a folder or, by its id, from the Hub; safetensors only.

    Raises:
        TrainingError: it cannot be found or read, is no CLIP model, or lacks weights.
    """
    try:
        kind = AutoConfig.from_pretrained(name, trust_remote_code=False).model_type
        if kind != "clip":
            raise _refused(name, f"Its config.json says that it is of type '{kind}'.")
        model, loading = CLIPModel.from_pretrained(
            name, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
        processor = CLIPImageProcessorPil.from_pretrained(name)
        tokenizer = CLIPTokenizer.from_pretrained(name)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise _refused(name, f"{str(error)[:200].strip()}.") from error
    _check(name, model, tokenizer, loading)
    model.requires_grad_(False).eval()
    return Clip(model, processor, tokenizer)


def _check(name: str, model: Any, tokenizer: Any, loading: dict[str, Any]) -> None:
    # What is missing would have been made up at random, with no more than a warning.
    if missing := sorted(loading["missing_keys"]):
        raise _refused(name, f"Its weights lack {', '.join(missing)[:150]}.")
    if len(tokenizer) > model.config.text_config.vocab_size:
        raise _refused(name, "Its tokenizer has more tokens than its model.")


def _refused(name: str, why: str) -> TrainingError:
    return TrainingError(
        "clip_model",
        f"The CLIP model '{name}' cannot be loaded.",
        f"{why} Name a folder or Hub id in transformers' format, with model.safetensors, or none.",
    )


def clip_scores(
    clip: Clip,
    *,
    drawn: Sequence[Image.Image],
    sentences: Sequence[str],
    training: Sequence[Image.Image],
) -> ClipScores:
    """Score drawn pictures; `sentences` are their prompts, one each, without the placeholder.

    Raises:
        ValueError: there is no drawn or no training picture, or not one sentence for each drawn.
    """
    if not drawn or not training or len(drawn) != len(sentences):
        raise ValueError(
            f"{len(drawn)} drawn and {len(training)} training pictures, {len(sentences)} sentences"
        )
    ours = clip.of_pictures(drawn)
    image = ours @ clip.of_pictures(training).T
    text = (ours * clip.of_sentences(sentences)).sum(dim=-1)
    return ClipScores(float(image.mean()), float(text.mean()))
