"""A folder of diffusers' AutoencoderTiny with random weights, made in a moment."""

from pathlib import Path


def make_tiny_vae(folder: Path, channels: int = 4, doublings: int = 3) -> Path:
    """Write it to `folder` and return that. Its pictures have 2**doublings the side of a latent."""
    import torch
    from diffusers import AutoencoderTiny

    stages = doublings + 1
    with torch.random.fork_rng():
        torch.manual_seed(0)
        vae = AutoencoderTiny(
            encoder_block_out_channels=(8,) * stages,
            decoder_block_out_channels=(8,) * stages,
            num_encoder_blocks=(1,) * stages,
            num_decoder_blocks=(1,) * stages,
            latent_channels=channels,
        )
    vae.save_pretrained(folder)
    return folder
