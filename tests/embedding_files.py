"""Embedding files as diffusers, AUTOMATIC1111 and kohya's scripts write them."""

import io
from collections.abc import Mapping
from typing import Any

import torch
from safetensors.torch import save

A_STEP = 1850
"""Which step an AUTOMATIC1111 file says that it is of."""


def diffusers_safetensors(token: str, rows: torch.Tensor, metadata: Mapping[str, str]) -> bytes:
    """`learned_embeds.safetensors` of diffusers' own script; rows float [n, H] or [H]."""
    content: bytes = save({token: rows.contiguous()}, metadata=dict(metadata))
    return content


def diffusers_bin(token: str, rows: torch.Tensor) -> bytes:
    """`learned_embeds.bin` of the same script, before it wrote safetensors."""
    return saved({token: rows})


def automatic1111_pt(name: str, rows: torch.Tensor) -> bytes:
    """What the web UI's training tab saves."""
    return saved(
        {
            "string_to_token": {"*": 265},
            "string_to_param": {"*": rows.clone().requires_grad_()},
            "name": name,
            "step": A_STEP,
            "sd_checkpoint": "7ab762a7",
            "sd_checkpoint_name": None,
        }
    )


def kohya_safetensors(rows: torch.Tensor) -> bytes:
    """What `train_textual_inversion.py` of kohya's sd-scripts saves."""
    metadata = {"ss_learning_rate": "5e-06"}
    content: bytes = save({"emb_params": rows.contiguous()}, metadata=metadata)
    return content


def kohya_pt(rows: torch.Tensor) -> bytes:
    """The same, with `--save_model_as pt`."""
    return saved({"emb_params": rows})


def early_pt(rows: torch.Tensor) -> bytes:
    """What the method's first script saved: tensors within a module's state."""
    params = torch.nn.ParameterDict({"*": torch.nn.Parameter(rows)})
    return saved({"string_to_token": {"*": torch.tensor(265)}, "string_to_param": params})


def saved(content: Any, protocol: int = 2) -> bytes:
    """What torch.save writes."""
    buffer = io.BytesIO()
    torch.save(content, buffer, pickle_protocol=protocol)
    return buffer.getvalue()
