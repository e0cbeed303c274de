"""Words that are not drawn, and what passes for them."""

from pathlib import Path

import pytest

from backend.blocklist import Blocklist, check_allowed, parse_blocklist, read_blocklist
from backend.errors import BackendError, ErrorCode
from backend.people import Person, Place
from backend.requests import ImagineRequest
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store

FILE = """
# Nowhere.
crossbow
Loaded Gun

[T1]
clöwn
[T2]
café noir
"""


@pytest.mark.parametrize(
    ("prompt", "phrase"),
    [
        ("a crossbow on a table", "crossbow"),
        ("a CROSSBOW.", "crossbow"),
        ("a cro\u00adss\u200bbow", "crossbow"),
        ("a \uff43\uff52\uff4f\uff53\uff53\uff42\uff4f\uff57", "crossbow"),
        ("a (crossbow:1.3) here", "crossbow"),
        ("a <crossbow> here", "crossbow"),
        ("his loaded,  gun", "Loaded Gun"),
        ("his loaded_gun", "Loaded Gun"),
        ("a clown", "clöwn"),
        ("a clo\u0308wn", "clöwn"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(prompt: str, phrase: str) -> None:
    assert parse_blocklist(FILE).found_in(prompt, "T1") == phrase


@pytest.mark.parametrize(
    "prompt",
    ["crossbows", "a cross bow", "a gun, loaded", "loaded water gun", "café noir", "", "nowhere"],
)
def test_other_words_are_let_through(prompt: str) -> None:
    assert parse_blocklist(FILE).found_in(prompt, "T1") is None


@pytest.mark.parametrize(
    "prompt",
    [
        "a cro()ssbow",
        "a (cro:1)ssbow",
        "(cro)(ssbow)",
        "[cro]ssbow",
        "cro(ss:1.2)bow",
        r"a (cross:1)bow \(old\)",
    ],
)
def test_brackets_part_no_word(prompt: str) -> None:
    with pytest.raises(BackendError) as caught:
        check_allowed(("a table", prompt), "T1", parse_blocklist(FILE))
    assert caught.value.code is ErrorCode.BLOCKED_PROMPT


def test_brackets_around_other_words_are_let_through() -> None:
    check_allowed(("a (cross:1.2) and a bow", ""), "T1", parse_blocklist(FILE))


def test_a_workspaces_own_words_hold_there_alone() -> None:
    blocklist = parse_blocklist(FILE)
    assert blocklist.found_in("CAFE NOIR", "T2") == "café noir"
    assert blocklist.found_in("a clown", "T2") is None
    assert blocklist.found_in("a crossbow", "T3") == "crossbow"


def test_a_line_without_a_word_blocks_nothing() -> None:
    assert parse_blocklist("---\n\n...\n# x") == Blocklist()


def test_a_refusal_names_the_phrase() -> None:
    with pytest.raises(BackendError) as caught:
        check_allowed(("a toy", "a Crossbow"), "T1", parse_blocklist(FILE))
    assert caught.value.code is ErrorCode.BLOCKED_PROMPT
    assert "crossbow" in caught.value.message


def test_a_list_that_cannot_be_read_lets_nothing_through(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    for file in (tmp_path / "none", tmp_path / "latin"):
        with pytest.raises(BackendError) as caught:
            read_blocklist(file)
        assert caught.value.code is ErrorCode.BAD_BLOCKLIST
    assert read_blocklist(None) == Blocklist()


async def test_nothing_is_queued_for_a_blocked_prompt(
    store: Store, service: Service, settings: BackendSettings, tmp_path: Path
) -> None:
    (tmp_path / "blocked.txt").write_text("toy\n", "utf-8-sig")
    blocking = Service(
        store,
        service._base,
        settings.model_copy(update={"blocklist": tmp_path / "blocked.txt"}),
        service._cluster,
    )
    asked = ImagineRequest("a Toy", Person("T1", "ada"), Place("T1", "C"), "key")
    with pytest.raises(BackendError) as caught:
        await blocking.imagine(asked)
    assert caught.value.code is ErrorCode.BLOCKED_PROMPT
    negative = ImagineRequest(
        "a robot", Person("T1", "ada"), Place("T1", "C"), "key", negative_prompt="toy"
    )
    with pytest.raises(BackendError) as caught:
        await blocking.imagine(negative)
    assert caught.value.code is ErrorCode.BLOCKED_PROMPT
    assert (await service.queue("T1")).renders == ()
