"""The Intel profile learns as the native one does; needs the environment of the profile."""

import importlib.util
from pathlib import Path

import pytest
import torch

from cluster.concept_rows import add_concept
from cluster.draws import Draws
from cluster.evaluation import Denoiser
from cluster.latents import encode_posteriors, load_pixels, picture_files
from cluster.model import load_base
from cluster.spec import Precision, Profile
from tests.cluster_ground import Ground
from tests.requirements import unavailable
from tests.tiny_base import make_tiny_base
from tests.toy_pictures import write_toy_pictures

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    if importlib.util.find_spec("intel_extension_for_pytorch") is None:
        unavailable("ipex", "the Intel profile's own environment (torch 2.8, IPEX 2.8)")
    folder = tmp_path_factory.mktemp("ground")
    return Ground(make_tiny_base(folder / "base"), write_toy_pictures(folder / "pictures"))


def gradient(ground: Ground, folder: Path, profile: Profile, precision: Precision) -> torch.Tensor:
    """What five micro-steps say of the rows, float32 [1, H]."""
    run = ground.run(folder / profile.value, profile=profile, precision=precision)
    base = load_base(run.spec())
    posteriors = encode_posteriors(
        base.vae, load_pixels(picture_files(run.images), True, base.vae.dtype)
    )
    concept = add_concept(base.tokenizer, base.encoder, run.spec())
    ids = concept.ids([f"a photo of {concept.name}"])
    draws = Draws(
        seed=7, rank=0, world_size=1, batch_size=4, latent_shape=posteriors.shape, templates=1,
        pictures=len(posteriors.mean), timesteps=base.scheduler.config.num_train_timesteps,
    )  # fmt: skip
    denoiser = Denoiser(base.unet, base.scheduler)
    for step in range(5):
        draw = draws.at(step)
        latents = posteriors.sample(draw.pictures, draw.posterior_noise)
        states = concept.encode(ids[draw.templates])
        denoiser.errors(latents, draw, states).mean().backward()
    assert concept.rows.grad is not None, "the gradient does not reach the rows"
    return concept.rows.grad


# IPEX replaces group_norm by one of its own; that the gradient is right is what is tested here.
@pytest.mark.filterwarnings("ignore:.*autograd kernel was not registered:UserWarning")
@pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])
def test_both_profiles_learn_the_same(ground: Ground, tmp_path: Path, precision: Precision) -> None:
    native = gradient(ground, tmp_path, Profile.NATIVE, precision)
    intel = gradient(ground, tmp_path, Profile.INTEL, precision)
    alike = torch.nn.functional.cosine_similarity(native, intel).min()
    print(f"\n{precision}: {float(alike):.5f}")
    assert alike > 0.99
