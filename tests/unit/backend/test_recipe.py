"""Recipes of today and of before, as text and in files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from backend.errors import BackendError, ErrorCode
from backend.new_recipes import variations_of
from backend.picture_file import save_picture
from backend.prompt_weights import parts_of
from backend.recipe import Recipe, Sampler, Variation
from backend.recipe_file import load_recipe
from tests.engine_draws import some_draw

OLD: dict[str, Any] = {
    "version": 1,
    "prompt": "a <dicoo>",
    "negative_prompt": "",
    "seed": 7,
    "steps": 20,
    "sampler": "dpmpp-2m",
    "guidance": 7.5,
    "width": 512,
    "height": 512,
    "base_hash": "base",
    "concepts": [{"token": "<dicoo>", "version": 1, "sha256": "ab"}],
    "precision": "bf16",
}
"""As the first version of Figment wrote it."""
FULL = some_draw(
    "base",
    guidance_until=0.5,
    sampler=Sampler.UNIPC,
    start={"sha256": "ab" * 32, "strength": 0.5},
    variation={"seed": 9, "strength": 0.1},
    upscale="lanczos",
).recipe


def test_a_recipe_of_version_1_is_read() -> None:
    recipe = Recipe.model_validate_json(json.dumps(OLD))
    assert recipe.version == 2
    assert (recipe.prompt, recipe.guidance_until) == ("a <dicoo>", 1.0)
    assert (recipe.start, recipe.variation, recipe.upscale) == (None, None, None)
    assert Recipe.model_validate(recipe.model_dump(mode="json")) == recipe


@given(st.text(), st.text())
def test_brackets_of_version_1_are_the_characters_that_they_were(
    prompt: str, negative: str
) -> None:
    recipe = Recipe.model_validate({**OLD, "prompt": prompt, "negative_prompt": negative})
    for text, written in ((recipe.prompt, prompt), (recipe.negative_prompt, negative)):
        parts = parts_of(text)
        assert all(part.weight == 1 for part in parts)
        assert "".join(part.text for part in parts).lower() == written.lower()


@pytest.mark.parametrize("version", [0, 3, "2", None])
def test_a_recipe_of_an_unknown_version_is_not_guessed_at(version: object) -> None:
    with pytest.raises(ValidationError):
        Recipe.model_validate({**OLD, "version": version})


@pytest.mark.parametrize(
    "wrong",
    [
        {"guidance_until": 1.5},
        {"start": {"sha256": "../../etc/passwd", "strength": 0.5}},
        {"start": {"sha256": "ab" * 32, "strength": 0}},
        {"variation": {"seed": -1, "strength": 0.5}},
        {"upscale": "magic"},
        {"steps": 0},
        {"surprise": 1},
    ],
)
def test_a_recipe_with_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Recipe.model_validate({**OLD, **wrong})


def test_everything_in_a_recipe_comes_back_out_of_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "one.png"
    save_picture(file, Image.new("RGB", (8, 8)), FULL)
    assert load_recipe(file) == FULL
    (tmp_path / "one.json").write_text(FULL.model_dump_json())
    assert load_recipe(tmp_path / "one.json") == FULL


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x89PNG\r\n\x1a\n", b"x" * 2_000_000])
def test_a_file_without_a_recipe(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BackendError) as caught:
        load_recipe(tmp_path / "file")
    assert caught.value.code is ErrorCode.BAD_RECIPE
    assert caught.value.hint


def test_variations_differ_by_the_seed_that_they_are_turned_towards() -> None:
    varied = variations_of(FULL, 3, 0.2, 50)
    assert {one.seed for one in varied} == {7}
    assert [one.variation for one in varied] == [
        Variation(seed=50 + index, strength=0.2) for index in range(3)
    ]
