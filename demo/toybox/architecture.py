"""The toybox's parts: Stable Diffusion's classes at a size that two cores can train."""

from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from demo.toybox.scene import SIDE

LATENT_SIDE = SIDE // 8
HIDDEN = 192

# Stable Diffusion 1.5's noise schedule.
NOISE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
}


def build_vae() -> AutoencoderKL:
    """Factor 8, four latent channels, 128 x 128 pictures; 2.6 M parameters."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 128),
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=4,
        sample_size=SIDE,
        mid_block_add_attention=False,
    )


def build_text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """Four CLIP layers of width 192, sized to the tokenizer's table."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=HIDDEN,
            intermediate_size=4 * HIDDEN,
            projection_dim=HIDDEN,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=tokenizer.model_max_length,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def build_unet() -> UNet2DConditionModel:
    """Three resolutions on 16 x 16 x 4 latents, cross-attention at the lower two."""
    return UNet2DConditionModel(
        sample_size=LATENT_SIDE,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(64, 128, 128),
        layers_per_block=1,
        attention_head_dim=4,
        cross_attention_dim=HIDDEN,
        norm_num_groups=16,
    )


def training_scheduler() -> DDPMScheduler:
    """Adds noise in training."""
    return DDPMScheduler(**NOISE)


def drawing_scheduler() -> DDIMScheduler:
    """The sampler the pipeline is saved with; steps start at 1 as Stable Diffusion's do."""
    return DDIMScheduler(**NOISE, set_alpha_to_one=False, steps_offset=1)
