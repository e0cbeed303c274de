"""The base model as the queue sees it, and what is loaded for that."""

import asyncio
import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from backend.base import Base, BaseShelf, load_base
from backend.errors import BackendError, ErrorCode
from backend.prompt_length import PromptLength
from tests.paper_base import PAPER_SIDE, WORDS


def test_a_base_model_is_read_without_its_weights(paper_base: Path) -> None:
    base = load_base(str(paper_base))
    assert base.folder == paper_base
    assert base.resolution == PAPER_SIDE
    assert len(base.hash) == 16
    for word in WORDS:
        assert base.vocabulary.single_token(word) is not None
        assert base.prompt_length.count(word, {}) == 1
    assert base.vocabulary.single_token("robots") is None
    assert base.prompt_length.count("robots", {}) > 1


@pytest.fixture
def copied_base(paper_base: Path, tmp_path: Path) -> Path:
    """A base model that may be damaged."""
    return Path(shutil.copytree(paper_base, tmp_path / "base"))


def test_the_hash_tells_one_base_model_from_another(paper_base: Path, copied_base: Path) -> None:
    before = load_base(str(paper_base)).hash
    assert load_base(str(copied_base)).hash == before
    (copied_base / "unet" / "config.json").write_text(json.dumps({"sample_size": 16}))
    assert load_base(str(copied_base)).hash != before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tokenizer/vocab.json", "not json"),
        ("tokenizer/vocab.json", '["a list"]'),
        ("tokenizer/merges.txt", "one\ntwo three four five\n"),
        ("unet/config.json", "{}"),
        ("vae/config.json", "null"),
    ],
)
def test_a_damaged_base_model_is_an_error_one_can_act_on(
    copied_base: Path, name: str, content: str
) -> None:
    (copied_base / name).write_text(content)
    with pytest.raises(BackendError) as caught:
        load_base(str(copied_base))
    assert caught.value.code is ErrorCode.BASE_MODEL
    assert str(copied_base) in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("gone", ["model_index.json", "unet/model.safetensors"])
def test_a_base_model_without_a_part_is_refused(copied_base: Path, gone: str) -> None:
    (copied_base / gone).unlink()
    with pytest.raises(BackendError) as caught:
        load_base(str(copied_base))
    assert caught.value.code is ErrorCode.BASE_MODEL
    assert gone.replace("model.safetensors", "*.safetensors") in caught.value.message


async def test_the_shelf_loads_once_and_remembers_no_failure(paper_base: Path) -> None:
    asked: list[str] = []

    def load(name: str) -> Base:
        asked.append(name)
        if len(asked) == 1:
            raise BackendError(ErrorCode.BASE_MODEL, "Not yet.")
        return load_base(str(paper_base))

    shelf = BaseShelf("name", load)
    with pytest.raises(BackendError, match="Not yet"):
        await shelf.get()
    first, second = await asyncio.gather(shelf.get(), shelf.get())
    assert first is second
    assert asked == ["name", "name"]


def test_learned_tokens_count_as_many_rows(paper_base: Path) -> None:
    length = PromptLength.load(paper_base)
    assert length.count("a <dicoo> toy and <x>", {}) > 10
    vectors = {"<dicoo>": 3, "<x>": 1}
    assert length.count("a <dicoo> toy <x>", vectors) == 1 + 3 + 1 + 1
    assert length.count("<x><x> <dicoo>", vectors) == 5
    assert length.count("", vectors) == 0


def test_tokens_are_counted_as_the_text_encoder_does(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        # transformers builds CLIP's tokenizer in a way that tokenizers calls outdated.
        warnings.filterwarnings("ignore", "Deprecated in 0.9.0: BPE", DeprecationWarning)
        from demo.toybox.tokenizer import train_tokenizer

        tokenizer = train_tokenizer(tmp_path / "tokenizer")
    length = PromptLength.load(tmp_path)
    for prompt in (
        "a yellow toy at the beach",
        "A  ROBOT's hat, it's   42!!! masterpiece: 1.2",
        "naïve café übergroß, 日本語 🤖👩‍🚀 …",
        "don't  we'll I've x_y-z <|endoftext|>",
        "robots" * 9,
        "",
    ):
        assert length.count(prompt, {}) == len(tokenizer(prompt).input_ids) - 2, prompt


@pytest.mark.parametrize(
    "modules",
    ["backend.service, backend.dispatcher, backend.trainings", "bot.wiring, bot.cli.main"],
)
def test_the_door_to_backend_loads_no_engine(modules: str) -> None:
    script = (
        f"import sys, {modules}\n"
        "heavy = {'torch', 'openvino', 'diffusers', 'transformers', 'optimum', 'accelerate'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
