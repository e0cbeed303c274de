"""The reference recipe's arithmetic over a whole token table, written apart from the package.

After diffusers 0.37 (examples/textual_inversion): a resized table, AdamW over all of it, and all
rows but the placeholder's put back after each step.
"""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from cluster.draws import Draw


def reference_steps(
    base: Path,
    pixels: torch.Tensor,
    templates: tuple[str, ...],
    draws: list[list[Draw]],
    *,
    token: str,
    initializer: str,
    rate: float,
) -> tuple[list[float], torch.Tensor]:
    """Losses of all steps and the row after them, float32 [H].

    `draws` are the micro-batches of each step, `pixels` [N, 3, H, W] from -1 to 1.
    """
    tokenizer = CLIPTokenizer.from_pretrained(base, subfolder="tokenizer")
    encoder = CLIPTextModel.from_pretrained(base, subfolder="text_encoder")
    unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet").requires_grad_(False)
    vae = AutoencoderKL.from_pretrained(base, subfolder="vae").requires_grad_(False)
    scheduler = DDPMScheduler.from_pretrained(base, subfolder="scheduler")
    tokenizer.add_tokens([token])
    placeholder = tokenizer.convert_tokens_to_ids(token)
    encoder.resize_token_embeddings(len(tokenizer))
    encoder.requires_grad_(False)
    table = encoder.get_input_embeddings().weight
    table.data[placeholder] = table.data[tokenizer(initializer).input_ids[1]].clone()
    table.requires_grad_(True)
    kept = table.detach().clone()
    others = torch.arange(len(table)) != placeholder
    optimizer = torch.optim.AdamW([table], lr=rate, weight_decay=1e-2)
    losses = []
    for step in draws:
        total = 0.0
        for draw in step:
            said = [templates[k].format(token) for k in draw.templates.tolist()]
            ids = tokenizer(said, padding="max_length", return_tensors="pt").input_ids
            posterior = vae.encode(pixels[draw.pictures]).latent_dist
            latents = posterior.mean + posterior.std * draw.posterior_noise
            latents = latents * vae.config.scaling_factor
            noisy = scheduler.add_noise(latents, draw.noise, draw.timesteps)
            guess = unet(noisy, draw.timesteps, encoder(ids)[0]).sample
            loss = functional.mse_loss(guess, draw.noise) / len(step)
            loss.backward()
            total += float(loss.detach())
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            table[others] = kept[others]
        losses.append(total)
    return losses, table.detach()[placeholder]
