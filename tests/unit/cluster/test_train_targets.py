"""What a run learns from: the velocity where the base predicts it, and a style's own sentences."""

import json
from pathlib import Path

import pytest
import torch

from cluster.concept_rows import Concept
from cluster.prompts import OBJECT_TEMPLATES, STYLE_TEMPLATES
from cluster.rank import Rank
from cluster.spec import LearnableProperty
from cluster.train import build
from cluster.trainer import Trainer
from tests.cluster_ground import Ground
from tests.tiny_base import make_tiny_base
from tests.toy_pictures import write_toy_pictures

pytestmark = pytest.mark.slow


def _ground(folder: Path, prediction_type: str) -> Ground:
    base = make_tiny_base(folder / "base")
    config = base / "scheduler" / "scheduler_config.json"
    config.write_text(
        json.dumps(json.loads(config.read_text()) | {"prediction_type": prediction_type})
    )
    return Ground(base, write_toy_pictures(folder / "pictures", 2))


def _trainer(ground: Ground, folder: Path, **changes: object) -> Trainer:
    """Of a rank on its own."""
    rank = Rank(number=0, size=1, local=0, host="here", threads=torch.get_num_threads())
    return build(ground.run(folder / "run", precision="fp32", **changes), rank)


@pytest.mark.parametrize("prediction_type", ["v_prediction", "epsilon"])
def test_the_target_is_what_the_base_predicts(tmp_path: Path, prediction_type: str) -> None:
    trainer = _trainer(_ground(tmp_path, prediction_type), tmp_path)
    denoiser, batch = trainer.denoiser, trainer.evaluation
    draw, x = batch.draw, batch.latents
    with torch.no_grad():
        states = trainer.concept.encode(batch.ids)
        errors = denoiser.errors(x, draw, states)
        # Signal and noise of a timestep, from the schedule of Stable Diffusion itself.
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
        kept = torch.cumprod(1 - betas, 0)[draw.timesteps].float()[:, None, None, None]
        noisy = kept.sqrt() * x + (1 - kept).sqrt() * draw.noise
        guess = denoiser.unet(noisy, draw.timesteps, states).sample
    targets = {
        "v_prediction": kept.sqrt() * draw.noise - (1 - kept).sqrt() * x,
        "epsilon": draw.noise,
    }
    found = {name: (guess - target).square().mean((1, 2, 3)) for name, target in targets.items()}
    torch.testing.assert_close(errors, found.pop(prediction_type), rtol=1e-3, atol=1e-4)
    [other] = found.values()
    assert (errors - other).abs().max() > 0.01


@pytest.mark.parametrize("seed", [7, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("prediction_type", ["v_prediction", "epsilon"])
def test_steps_on_one_draw_bring_its_loss_down(
    tmp_path: Path, prediction_type: str, seed: int
) -> None:
    """On other noise it need not fall: weights of chance have little in them to be learned, and
    in twenty steps the evaluation loss falls with about half of the seeds. Small steps along the
    whole gradient are promised to; the large ones of the defaults may overshoot.
    """
    trainer = _trainer(
        _ground(tmp_path, prediction_type),
        tmp_path,
        warmup_steps=0,
        seed=seed,
        learning_rate=0.01,
        short_backward=False,
    )
    losses = [trainer.step(0) for _ in range(12)]
    assert losses[-1] < losses[0]


def _ids(concept: Concept, templates: tuple[str, ...]) -> set[tuple[int, ...]]:
    sentences = concept.ids([template.format(concept.name) for template in templates])
    return {tuple(row) for row in sentences.tolist()}


@pytest.mark.parametrize(
    ("learned", "templates"),
    [
        (LearnableProperty.STYLE, STYLE_TEMPLATES),
        (LearnableProperty.OBJECT, OBJECT_TEMPLATES),
    ],
)
def test_sentences_are_those_of_what_is_learned(
    tiny_base: Path, tmp_path: Path, learned: LearnableProperty, templates: tuple[str, ...]
) -> None:
    ground = Ground(tiny_base, write_toy_pictures(tmp_path / "pictures", 2))
    # Scores are of drawn pictures, whose prompts are others.
    trainer = _trainer(ground, tmp_path, learnable_property=learned, max_steps=5, score=False)
    read: set[tuple[int, ...]] = set()
    trainer.concept.encoder.register_forward_pre_hook(
        lambda _, given: read.update(tuple(row) for row in given[0].tolist())
    )
    trainer.train()
    # 10 sentences in steps, 6 in the evaluation.
    assert len(read) > 5
    assert read <= _ids(trainer.concept, templates)
