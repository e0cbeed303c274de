"""Loads the base model's parts, frozen, in the precision the CPU is good at."""

from dataclasses import dataclass

import structlog
import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel, CLIPTokenizer

from cluster.compiling import compile_in_place
from cluster.cpu import bf16_flags
from cluster.errors import TrainingError
from cluster.short_backward import shorten_backward
from cluster.spec import Precision, Profile, TrainSpec

log = structlog.get_logger()


@dataclass(frozen=True)
class Base:
    """The frozen parts of Stable Diffusion."""

    tokenizer: CLIPTokenizer
    encoder: CLIPTextModel
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    scheduler: DDPMScheduler
    precision: Precision


def settle(precision: Precision) -> Precision:
    """What AUTO stands for on this CPU: bf16 only where it is computed in hardware.

    Emulated bf16 is some 50 times slower than fp32 (measured on an AVX2 machine).
    """
    if precision is not Precision.AUTO:
        return precision
    return Precision.BF16 if bf16_flags() else Precision.FP32


def load_base(spec: TrainSpec) -> Base:
    """Load from the spec's folder; nothing of it has a gradient.

    Raises:
        TrainingError: a part cannot be loaded, or the intel profile's extension or a compiler is
            missing.
    """
    precision = settle(spec.precision)
    dtype = torch.bfloat16 if precision is Precision.BF16 else torch.float32
    try:
        tokenizer = CLIPTokenizer.from_pretrained(spec.base, subfolder="tokenizer")
        encoder = CLIPTextModel.from_pretrained(
            spec.base, subfolder="text_encoder", dtype=torch.float32
        )
        unet = UNet2DConditionModel.from_pretrained(spec.base, subfolder="unet", torch_dtype=dtype)
        vae = AutoencoderKL.from_pretrained(spec.base, subfolder="vae", torch_dtype=dtype)
        scheduler = DDPMScheduler.from_pretrained(spec.base, subfolder="scheduler")
    except (OSError, ValueError) as error:
        raise TrainingError(
            "base_model", f"The base model in {spec.base} cannot be loaded.", str(error)[:200]
        ) from error
    for part in (encoder, unet, vae):
        part.requires_grad_(False).eval()
    if spec.channels_last:
        unet.to(memory_format=torch.channels_last)
    if spec.profile is Profile.INTEL:
        unet, vae = _optimized(unet, vae, dtype)
    if spec.short_backward:
        shorten_backward(unet)
    if spec.compile_unet:
        compile_in_place(unet)
    log.info("base loaded", base=spec.base, precision=precision.value)
    return Base(tokenizer, encoder, unet, vae, scheduler, precision)


def _optimized(
    unet: UNet2DConditionModel, vae: AutoencoderKL, dtype: torch.dtype
) -> tuple[UNet2DConditionModel, AutoencoderKL]:
    """The original recipe's `ipex.optimize` on U-Net and VAE."""
    try:
        import intel_extension_for_pytorch as ipex
    except ImportError as error:
        raise TrainingError(
            "no_ipex",
            "The intel profile needs intel_extension_for_pytorch, which is not installed here.",
            "Install figment[intel] on every host, or set FIGMENT_PROFILE=native.",
        ) from error
    for part in (unet, vae):
        _drop_empty_children(part)
    # In fp32, linear layers with packed weights hand no gradient on (IPEX 2.8.0), and the concept's
    # rows get theirs through the U-Net.
    packed = dtype is torch.bfloat16
    return ipex.optimize(unet, dtype=dtype, weights_prepack=packed), ipex.optimize(vae, dtype=dtype)


def _drop_empty_children(part: nn.Module) -> None:
    """Make children that are None plain attributes: IPEX (2.8) takes every child for a module."""
    for module in part.modules():
        for name in [name for name, child in module._modules.items() if child is None]:
            del module._modules[name]
            object.__setattr__(module, name, None)
