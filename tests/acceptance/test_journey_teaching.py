"""Journey 1: somebody teaches a word at the page, by the form, a shortcut and a mention."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from demo.at_page import MINUTE, AtPage

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest.fixture
def bad_pictures(samples: tuple[Path, ...], tmp_path: Path) -> list[Path]:
    """One too small, one that shows what another does, and one that breaks off."""
    small, twin, torn = (tmp_path / name for name in ("small.png", "twin.jpg", "torn.png"))
    Image.new("RGB", (20, 20), "red").save(small)
    with Image.open(samples[0]) as first:
        first.convert("RGB").save(twin, quality=90)
    whole = samples[4].read_bytes()
    torn.write_bytes(whole[: len(whole) // 3])
    return [small, twin, torn]


async def cancel(at: AtPage, card: Locator, word: str) -> None:
    await at.press(card, "Cancel", answer="Cancel the job")
    await expect(at.page.get_by_text(f"{word} was cancelled").last).to_be_visible(timeout=MINUTE)


@pytest.mark.usefixtures("paused")
async def test_the_form_and_what_it_asks_back_about_bad_pictures(
    at: AtPage, samples: tuple[Path, ...], bad_pictures: list[Path]
) -> None:
    await at.write("/concept teach")
    form = at.form
    await expect(form).to_have_accessible_name("Teach a concept")
    await expect(form.get_by_label("Vectors")).to_have_count(0)
    await at.press(form, "Advanced settings")
    await expect(form.get_by_label("Vectors")).to_be_visible()
    await form.get_by_label("Most training steps").fill("40")
    kind = form.get_by_role("radiogroup", name="What do the pictures have in common?")
    await expect(kind.get_by_label("A thing")).to_be_checked()
    await form.get_by_label("Name", exact=True).fill("formed")
    await form.get_by_label("In one word, what is it?").fill("xylophonist")
    files = [*samples[:4], *bad_pictures]
    await form.get_by_label("About five pictures").set_input_files(files)
    await expect(form.get_by_test_id("kept-file")).to_have_count(7)
    await at.page.get_by_test_id("modal-submit").click()
    await expect(form).to_contain_text("no single token for “xylophonist”")

    # What was filled in is still there.
    await expect(form.get_by_test_id("kept-file")).to_have_count(7)
    await expect(form.get_by_label("Most training steps")).to_have_value("40")
    await form.get_by_label("In one word, what is it?").fill("toy")
    await at.submit()
    sheet = at.message("Before <formed> is taught")
    for problem in (
        "small.png is 20 x 20",
        f"twin.jpg shows the same as {samples[0].name}",
        "torn.png",
    ):
        await expect(sheet).to_contain_text(problem)
    await at.pictures(sheet, 1)
    await at.press(sheet, "Teach with these 4")
    card = at.message("<formed> waits for its turn")
    for said in ("begins as toy", "4 pictures", "Waiting, 1st in line"):
        await expect(card).to_contain_text(said)
    await at.pictures(card, 1)
    await cancel(at, card, "<formed>")


async def test_the_shortcut_takes_the_pictures_of_a_message(
    at: AtPage, samples: tuple[Path, ...]
) -> None:
    await at.post(samples, "found in the attic")
    message = at.message("found in the attic")
    await at.pictures(message, 5)
    await at.use_shortcut(message, "Teach this")
    await expect(at.form).to_contain_text("5 files of the message or thread are used")
    await expect(at.form.get_by_label("About five pictures")).to_have_count(0)
    await at.close_form()


@pytest.mark.usefixtures("paused")
async def test_a_mention_on_the_upload_is_answered_in_its_thread(
    at: AtPage, samples: tuple[Path, ...]
) -> None:
    await at.post(samples, "@figment teach <mentioned> as toy")
    await at.open_thread(at.message("teach <mentioned>"))
    card = at.reply("begins as toy")
    await expect(card).to_contain_text("in line")
    await cancel(at, card, "<mentioned>")
    await expect(at.reply("begins as toy").get_by_role("button", name="Cancel")).to_have_count(0)
