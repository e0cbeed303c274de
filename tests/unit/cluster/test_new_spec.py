"""Settings of training reach the spec of a run."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cluster.new_spec import new_spec
from cluster.recipe import REFERENCE
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty, Precision, Profile, Recipe, Schedule, TrainSpec

OTHER: dict[str, Any] = {
    "scale_lr": True,
    "cap_lr": False,
    "weight_decay": 0.1,
    "stratify": False,
    "same_noise": True,
    "hold_back": False,
    "one_sentence": False,
    "sample_tempering": 0.5,
    "choose_start": True,
    "score": False,
    "clip": "/clip",
    "keep_best": False,
    "stop_when_flat": False,
    "whole_table": True,
    "encode_each_step": True,
    "channels_last": False,
    "evaluation_draws": 8,
    "profile": Profile.INTEL,
    "precision": Precision.FP32,
    "max_steps": 77,
    "vectors": 3,
    "batch_size": 2,
    "gradient_accumulation": 5,
    "learning_rate": 1e-3,
    "schedule": Schedule.COSINE,
    "average": 0.5,
    "short_backward": False,
    "repeats": 3,
    "warmup_steps": 9,
    "flip": False,
    "center_crop": False,
    "compile_unet": True,
    "save_full_pipeline": True,
    "seed": 11,
    "resolution": 256,
    "eval_interval": 4,
    "checkpoint_interval": 6,
    "preview_interval": 8,
    "preview_vae": "/vae",
    "preview_prompts": ("{} on the moon", "a painting of {}"),
}


def spec(settings: ClusterSettings) -> TrainSpec:
    return new_spec(
        settings,
        job_id="j",
        token="<dicoo>",
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        base=Path("/base"),
        base_hash="abc",
        base_resolution=512,
    )


@pytest.mark.parametrize("name", OTHER)
def test_a_setting_changes_what_it_names_and_nothing_else(name: str) -> None:
    usual = spec(ClusterSettings(_env_file=None))
    changed = spec(ClusterSettings(_env_file=None, **{name: OTHER[name]}))
    assert getattr(usual, name) != OTHER[name]
    assert changed == usual.model_copy(update={name: OTHER[name]})


def test_no_setting_of_a_run_is_forgotten() -> None:
    both = ClusterSettings.model_fields.keys() & TrainSpec.model_fields.keys()
    assert both == OTHER.keys()


def test_the_bases_own_resolution_is_taken_where_none_is_set() -> None:
    assert spec(ClusterSettings(_env_file=None)).resolution == 512


@pytest.mark.parametrize("prompt", ["a photo", "{} and {}", "{0}", "{} {name}", "{"])
def test_every_preview_prompt_names_the_concept_once(prompt: str) -> None:
    with pytest.raises(ValidationError, match="once, for the concept"):
        ClusterSettings(_env_file=None, preview_prompts=("a photo of {}", prompt))


def test_preview_prompts_are_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGMENT_PREVIEW_PROMPTS", '["a {}, red", "{} at sea"]')
    assert spec(ClusterSettings(_env_file=None)).preview_prompts == ("a {}, red", "{} at sea")


def test_only_the_native_profile_compiles() -> None:
    with pytest.raises(ValidationError, match="native profile"):
        ClusterSettings(_env_file=None, compile_unet=True, profile=Profile.INTEL)


@pytest.mark.parametrize("count", [0, 7])
def test_there_are_neither_no_prompts_nor_too_many(count: int) -> None:
    with pytest.raises(ValidationError, match="preview_prompts"):
        ClusterSettings(_env_file=None, preview_prompts=("a photo of {}",) * count)


def test_a_recipe_stands_where_nobody_set_anything_else() -> None:
    reference = spec(ClusterSettings(_env_file=None, recipe=Recipe.REFERENCE, max_steps=7))
    assert reference.model_dump(include=set(REFERENCE)) == {**REFERENCE, "max_steps": 7}
