from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from demo.toybox.architecture import training_scheduler
from demo.toybox.dataset import load_captions, load_pictures
from demo.toybox.pacing import rate
from demo.toybox.painter import Painter
from demo.toybox.training import Budget, train
from demo.toybox.unet_training import snr_weight, stratified_timesteps

pytestmark = pytest.mark.slow


def test_a_whole_training_leaves_a_base_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stages of a few steps each: the recipe runs through, and a second run adds to the first."""
    # A second passes whenever somebody looks, which is a few times a step.
    clock = SimpleNamespace(monotonic=partial(next, count(0.0, 1.0)))
    monkeypatch.setattr("demo.toybox.pacing.time", clock)
    second = 1 / 60
    train(tmp_path, Budget(32, 6 * second, 6 * second, 6 * second))
    assert load_pictures(tmp_path / "data").shape == (32, 128, 128, 3)
    assert len(load_captions(tmp_path / "data")) == 32
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.glob("*/*") if p.parent.name != "pipeline"}
    first = torch.load(tmp_path / "unet.state", weights_only=True)
    # Most of this budget is spent already, so the words' vectors are kept from its first step on.
    train(tmp_path, Budget(32, 6 * second, 6 * second, (first["spent"] + 6) * second))
    before, after = first["step"], torch.load(tmp_path / "unet.state", weights_only=True)["step"]
    assert after > before > 0
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    pictures = Painter(tmp_path / "pipeline", steps=2).paint(["a red robot", "a duck"], 1)
    assert [p.size for p in pictures] == [(128, 128)] * 2
    assert np.asarray(pictures[0]).std() > 0
    assert isinstance(pictures[0], Image.Image)


def test_timesteps_cover_the_schedule_evenly() -> None:
    found = stratified_timesteps(torch.Generator().manual_seed(0))
    slices = (found * len(found) // 1000).tolist()
    assert slices == list(range(len(found)))


def test_weights_of_easy_timesteps_are_bounded() -> None:
    alphas = training_scheduler().alphas_cumprod
    timesteps = torch.arange(1000)
    weights = snr_weight(alphas, timesteps)
    snr = alphas / (1 - alphas)
    torch.testing.assert_close(weights[snr < 5], torch.ones(int((snr < 5).sum())))
    torch.testing.assert_close((weights * snr)[snr >= 5], torch.full((int((snr >= 5).sum()),), 5.0))


def test_the_rate_rises_holds_and_falls() -> None:
    shares = [k / 100 for k in range(101)]
    rates = [rate(share) for share in shares]
    assert max(rates) == rates[2] == rates[59] == 1
    assert rates[0] > 0
    assert rates[100] == 0.02
    assert rates[60:] == sorted(rates[60:], reverse=True)
