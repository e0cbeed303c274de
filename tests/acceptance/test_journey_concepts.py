"""Journey 5: a concept is listed, shown, renamed, shared, taken out, brought back and deleted."""

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

from demo.at_page import MINUTE, AtPage
from demo.house import House
from demo.person import Person, words_of
from tests.answers import answer_to
from tests.toy_embedding import write_toy_embedding

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def asked(person: Person, text: str, command: str = "/concept") -> str:
    """What the bot says to a command."""
    return await answer_to(person, lambda: person.command(command, text))


async def test_over_the_wire_from_a_file_to_nothing(
    house: House, ada: Person, lin: Person, tmp_path: Path
) -> None:
    file = write_toy_embedding(tmp_path / "boat.safetensors", "boat")
    said = await answer_to(ada, lambda: ada.upload([file], "<@U0FIGMENT> import"))
    assert "<boat>" in said
    assert "version 1" in said
    assert "<boat>" in await asked(lin, "list")
    assert "from a file" in await asked(lin, "versions <boat>")
    assert "Only who taught" in await asked(lin, "rename <boat> <mine>")
    assert "is now called <ship>" in await asked(ada, "rename <boat> <ship>")
    assert "1 row" in await asked(ada, "show <ship>")
    assert "it came from a file" in await asked(ada, "retrain <ship>")

    assert "private now" in await asked(ada, "private <ship>")
    assert "Nobody has taught <ship>" in await asked(lin, "show <ship>")
    assert "is shared with" in await asked(ada, "share <ship> with @lin")
    assert "<ship>" in await asked(lin, "show <ship>")

    assert "look into your direct messages" in await asked(ada, "export <ship>")
    assert "is shared with everyone" in await asked(ada, "share <ship> with everyone")
    before = {message["ts"] for message in await ada.messages()}
    await ada.command("/concept", "export <ship>")
    exported = await ada.wait_for(
        lambda m: m["ts"] not in before and bool(m.get("files")), 60, "the file"
    )
    assert "diffusers" in words_of(exported)
    [posted] = exported["files"]
    copy = await ada.download(posted["id"], tmp_path / "copy.safetensors")
    said = await answer_to(ada, lambda: ada.upload([copy], "<@U0FIGMENT> import <copy>"))
    assert "<copy>" in said

    for name in ("<ship>", "<copy>"):
        await ada.command("/concept", f"delete {name}")
        question = await ada.wait_for(
            lambda m, name=name: f"Delete *{name}*?" in words_of(m),  # type: ignore[misc]
            60,
            "the question",
        )
        assert "stay" in words_of(question)
        pressed = await answer_to(ada, partial(ada.press, question, "concept.delete"))
        assert f"{name} is deleted" in pressed
    listed = await asked(ada, "list")
    assert "<ship>" not in listed
    assert "<copy>" not in listed
    left = (house.folder / "data" / "concepts").rglob("*.safetensors")
    assert not [path for path in left if path.name.startswith(("boat", "ship", "copy"))]


async def test_over_the_wire_figment_says_how_it_stands(ada: Person) -> None:
    assert "The queue is empty" in await asked(ada, "queue", "/figment")
    assert "of 1 slot in use" in await asked(ada, "status", "/figment")
    assert "Teach me a word" in await asked(ada, "help", "/figment")
    assert "not something I know" in await asked(ada, "dance", "/figment")


@pytest.mark.browser
async def test_a_file_is_dropped_in_taken_out_and_deleted(at: AtPage, tmp_path: Path) -> None:
    file = write_toy_embedding(tmp_path / "fish.safetensors", "fish")
    await at.post([file], "somebody's concept")
    await at.write("/concept import <fish>")
    await expect(at.message("<fish> is version 1, 1 row")).to_be_visible()
    await at.write("/concept show <fish>")
    card = at.message("from a file, imported by").filter(has_text="base model")
    await expect(card.get_by_role("heading", name="<fish>")).to_be_visible()
    await expect(card.get_by_role("button", name="Try <fish>")).to_be_visible()
    await at.write("/concept rename <fish> <carp>")
    await expect(at.message("<fish> is now called <carp>")).to_be_visible()
    await at.write("/concept export <carp>")
    exported = at.message("load it with diffusers")
    link = exported.get_by_role("link", name="learned_embeds.safetensors")
    await expect(link).to_be_visible(timeout=MINUTE)

    await at.write("/concept delete <carp>")
    question = at.message("Delete <carp>?")
    await expect(question).to_contain_text("Only visible to you")
    await expect(question).to_contain_text("photos it was taught from are removed")
    await at.press(question, "Delete <carp>", answer="Keep it")
    await at.write("/concept list")
    await expect(at.message("<carp> a thing from a file")).to_be_visible()
    await at.press(question, "Delete <carp>", answer="Delete")
    await expect(at.message("<carp> is deleted")).to_be_visible(timeout=MINUTE)
    await at.write("/imagine a <carp> --n 1")
    await expect(at.message("Nobody has taught <carp> here")).to_be_visible()
