"""A base model folder of Stable Diffusion's shape with random weights, made in a second."""

import json
import warnings
from pathlib import Path

TINY_SIDE = 64
"""Side in pixels of the pictures that the tiny base is configured for."""
TINY_HIDDEN = 32
"""Width of its text encoder's rows."""

# Word for word that of Stable Diffusion 1.5. What it leaves out matters too: Euler's methods
# then step between whole timesteps.
_SCHEDULE = {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
    "clip_sample": False,
}


def make_tiny_base(folder: Path, seed: int = 0, taught_guidance: int | None = None) -> Path:
    """Write a diffusers folder of well under a megabyte to `folder` and return it.

    Its tokenizer is the toybox's own (every word of that grammar is one token). The same seed
    gives the same weights. `taught_guidance` is how many numbers its U-Net reads of guidance, as
    those of LCM do (None: it is guided as usual). Its pictures show nothing, but differ with prompt
    and seed.
    """
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    from demo.toybox.tokenizer import train_tokenizer

    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # transformers itself builds CLIP's tokenizer in a way that tokenizers calls outdated.
        warnings.filterwarnings("ignore", "Deprecated in 0.9.0: BPE", DeprecationWarning)
        tokenizer = train_tokenizer(folder / "tokenizer")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=TINY_HIDDEN,
                intermediate_size=2 * TINY_HIDDEN,
                projection_dim=TINY_HIDDEN,
                num_hidden_layers=2,
                num_attention_heads=2,
                max_position_embeddings=tokenizer.model_max_length,
                # As wide as a real base's rows compared with what follows: else every prompt
                # would give the same picture.
                initializer_factor=4.0,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
        unet = UNet2DConditionModel(
            sample_size=TINY_SIDE // 8,
            in_channels=4,
            out_channels=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(16, 32),
            layers_per_block=1,
            attention_head_dim=2,
            cross_attention_dim=TINY_HIDDEN,
            norm_num_groups=8,
            time_cond_proj_dim=taught_guidance,
        )
        vae = AutoencoderKL(
            in_channels=3,
            out_channels=3,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(8, 8, 16, 16),
            layers_per_block=1,
            norm_num_groups=4,
            latent_channels=4,
            sample_size=TINY_SIDE,
            mid_block_add_attention=False,
        )
    encoder.save_pretrained(folder / "text_encoder")
    unet.save_pretrained(folder / "unet")
    vae.save_pretrained(folder / "vae")
    _drop_scaling_factor(folder / "vae" / "config.json")
    (folder / "scheduler").mkdir(exist_ok=True)
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(_SCHEDULE, indent=2))
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.37.1",
        "feature_extractor": [None, None],
        "image_encoder": [None, None],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))
    return folder


def _drop_scaling_factor(config: Path) -> None:
    """Leave out what Stable Diffusion 1.5's file leaves out."""
    written = json.loads(config.read_text())
    del written["scaling_factor"]
    config.write_text(json.dumps(written, indent=2))
