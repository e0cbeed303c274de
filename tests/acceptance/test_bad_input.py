"""What cannot be done is said in one clear sentence, and nothing is lost."""

from pathlib import Path

import pytest
from PIL import Image

from demo.house import House
from demo.person import Person
from tests.answers import answer_to

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def _mention(ada: Person, files: list[Path], text: str) -> str:
    return await answer_to(ada, lambda: ada.upload(files, f"<@U0FIGMENT> {text}"))


async def test_no_pictures(ada: Person, house: House) -> None:
    await answer_to(ada, lambda: ada.command("/concept", "help"))
    said = await answer_to(ada, lambda: ada.say("<@U0FIGMENT> teach <nothing> as toy"))
    assert "no pictures" in said


async def test_one_picture(ada: Person, samples: tuple[Path, ...]) -> None:
    said = await _mention(ada, [samples[0]], "teach <single> as toy")
    assert "One picture is not enough" in said


async def test_a_text_file_with_a_picture_s_name(
    ada: Person, samples: tuple[Path, ...], tmp_path: Path
) -> None:
    fake = tmp_path / "cat.png"
    fake.write_text("this is a diary")
    said = await _mention(ada, [samples[0], fake], "teach <fake> as toy")
    assert "cat.png is not a picture" in said


async def test_a_picture_of_400_megapixels(
    ada: Person, samples: tuple[Path, ...], tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    Image.new("1", (20_000, 20_000)).save(large)
    said = await _mention(ada, [samples[0], large], "teach <large> as toy")
    assert "large.png has too many pixels" in said


async def test_a_token_that_is_no_name(ada: Person, samples: tuple[Path, ...]) -> None:
    said = await _mention(ada, list(samples), "teach <di coo!> as toy")
    assert "<dicoo>" in said


async def test_an_initializer_of_several_tokens(ada: Person, samples: tuple[Path, ...]) -> None:
    said = await _mention(ada, list(samples), "teach <several> as xylophonist")
    assert "xylophonist" in said
    assert "single token" in said


async def test_an_unknown_token_and_its_neighbours(ada: Person) -> None:
    said = await answer_to(ada, lambda: ada.command("/imagine", "a <nosuchthing> at the beach"))
    assert "Nobody has taught <nosuchthing>" in said


async def test_an_empty_prompt(ada: Person) -> None:
    said = await answer_to(ada, lambda: ada.command("/imagine", "  "))
    assert "empty" in said
