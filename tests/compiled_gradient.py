"""What a step's loss says of a concept's rows; `python -m tests.compiled_gradient RUN` as JSON."""

import json
import sys
from pathlib import Path

import torch

from cluster.concept_rows import add_concept
from cluster.draws import Draws
from cluster.evaluation import Denoiser
from cluster.latents import encode_posteriors, load_pixels, picture_files
from cluster.model import load_base
from cluster.run_dir import RunDir


def gradient(run: RunDir) -> torch.Tensor:
    """Of one micro-step of the run's spec, float32 [n, H]."""
    spec = run.spec()
    base = load_base(spec)
    pixels = load_pixels(picture_files(run.images), spec.flip, base.vae.dtype)
    posteriors = encode_posteriors(base.vae, pixels)
    concept = add_concept(base.tokenizer, base.encoder, spec)
    ids = concept.ids([f"a photo of {concept.name}"])
    draw = Draws(
        seed=7, rank=0, world_size=1, batch_size=2, latent_shape=posteriors.shape, templates=1,
        pictures=len(posteriors.mean), timesteps=base.scheduler.config.num_train_timesteps,
    ).at(0)  # fmt: skip
    latents = posteriors.sample(draw.pictures, draw.posterior_noise)
    states = concept.encode(ids[draw.templates])
    Denoiser(base.unet, base.scheduler).errors(latents, draw, states).mean().backward()
    assert concept.rows.grad is not None, "the gradient does not reach the rows"
    return concept.rows.grad


if __name__ == "__main__":
    rows = gradient(RunDir(Path(sys.argv[1])))
    counted = sys.modules["torch._dynamo.utils"].counters["inductor"]
    told = {
        "gradient": rows.tolist(),
        "found": counted["fxgraph_cache_hit"],
        "made": counted["fxgraph_cache_miss"],
    }
    print(json.dumps(told))
