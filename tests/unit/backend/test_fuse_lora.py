"""A base model with LoRAs in its weights draws what diffusers draws with them beside it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import save_file

from backend.errors import BackendError, ErrorCode
from backend.fuse_lora import fuse_loras
from cluster.base import base_hash, resolve_base

pytestmark = pytest.mark.slow

_RANK = 2


def projections(base: Path) -> Mapping[str, torch.nn.Linear]:
    unet = UNet2DConditionModel.from_pretrained(base / "unet")
    return {
        name: one
        for name, one in unet.named_modules()
        if isinstance(one, torch.nn.Linear) and name.endswith(("to_q", "to_k", "to_v"))
    }


def make_lora(base: Path, file: Path, kohya: bool, seed: int) -> Path:
    """Write a LoRA of random numbers for the U-Net's attention."""
    random = torch.Generator().manual_seed(seed)
    weights: dict[str, torch.Tensor] = {}
    for name, one in projections(base).items():
        # As large as the weights themselves; much larger ones make errors of rounding grow.
        down = 0.3 * torch.randn(_RANK, one.in_features, generator=random)
        up = 0.3 * torch.randn(one.out_features, _RANK, generator=random)
        if kohya:
            key = f"lora_unet_{name.replace('.', '_')}"
            weights |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up}
            weights[f"{key}.alpha"] = torch.tensor(1.0)
        else:
            weights |= {f"unet.{name}.lora_A.weight": down, f"unet.{name}.lora_B.weight": up}
    save_file(weights, file)
    return file


def draw(base: Path, *loras: Path) -> np.ndarray:
    pipeline = StableDiffusionPipeline.from_pretrained(base, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    for file in loras:
        pipeline.load_lora_weights(file.parent, weight_name=file.name, adapter_name=file.stem)
    if loras:
        pipeline.set_adapters([file.stem for file in loras])
    pictures = pipeline(
        "a robot",
        num_inference_steps=2,
        generator=torch.Generator().manual_seed(1),
        output_type="np",
    ).images
    return np.asarray(pictures[0])


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning",
    # That is what is done here.
    "ignore:Already found a `peft_config`:UserWarning",
)
def test_fused_is_as_good_as_loaded(tiny_base: Path, tmp_path: Path) -> None:
    loras = (
        make_lora(tiny_base, tmp_path / "one.safetensors", kohya=False, seed=1),
        make_lora(tiny_base, tmp_path / "two.safetensors", kohya=True, seed=2),
    )
    fused = tmp_path / "bases" / "fused"
    fuse_loras(tiny_base, loras, fused)
    resolve_base(str(fused))
    assert base_hash(fused) != base_hash(tiny_base)
    assert [one.name for one in fused.parent.iterdir()] == ["fused"]
    ours, theirs, plain = draw(fused), draw(tiny_base, *loras), draw(tiny_base)
    # The order of sums differs; without the LoRAs it is a thousand times as much.
    assert np.abs(ours - theirs).max() < 1e-4
    assert np.abs(ours - plain).max() > 1e-2


def refused(base: Path, file: Path, folder: Path) -> BackendError:
    with pytest.raises(BackendError) as caught:
        fuse_loras(base, [file], folder)
    assert caught.value.code is ErrorCode.BAD_LORA
    return caught.value


def test_what_is_no_lora_for_this_base_is_refused_and_leaves_nothing(
    tiny_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bases" / "fused"
    other = tmp_path / "other.safetensors"
    save_file({"something": torch.zeros(3)}, other)
    wide = tmp_path / "wide.safetensors"
    name = next(iter(projections(tiny_base)))
    save_file(
        {
            f"unet.{name}.lora_A.weight": torch.zeros(_RANK, 7),
            f"unet.{name}.lora_B.weight": torch.zeros(7, _RANK),
        },
        wide,
    )
    (tmp_path / "broken.safetensors").write_bytes(b"broken")
    for file in (other, wide, tmp_path / "broken.safetensors"):
        assert file.name in refused(tiny_base, file, folder).message
        assert not folder.exists()
        assert not list(folder.parent.glob("*")) if folder.parent.exists() else True


def test_pickles_are_not_opened_and_folders_not_overwritten(
    tiny_base: Path, tmp_path: Path
) -> None:
    pickle = tmp_path / "lora.bin"
    pickle.write_bytes(b"\x80\x04.")
    assert ".safetensors" in refused(tiny_base, pickle, tmp_path / "new").message
    lora = shutil.copy(pickle, tmp_path / "lora.safetensors")
    assert "already" in refused(tiny_base, Path(lora), tmp_path).message
