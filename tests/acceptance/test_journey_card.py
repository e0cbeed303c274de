"""Journey 2: somebody follows a job on its card at the page, and does what its buttons say.

The one word of these journeys that is really learned. Each test goes on from the one before.
"""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from demo.at_page import MINUTE, AtPage
from demo.house import House
from demo.person import Person
from tests.answers import told

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(1800),
]

STEPS = 2000
"""More than anybody waits for: it ends when somebody says so."""
READABLE = 400
"""Pixels that a curve has to be wide so that its numbers can be read."""


def job_card(at: AtPage, headline: str) -> Locator:
    return at.message(headline).filter(has_text="begins as toy")


async def test_a_job_that_fails_says_why_and_is_tried_again(
    at: AtPage, ada: Person, house: House, samples: tuple[Path, ...]
) -> None:
    await told(ada, lambda: ada.command("/figment", "pause"), "Paused")
    before = set((house.folder / "data" / "uploads").glob("*"))
    await at.post(samples, "what will become of these?")
    await at.write("/concept teach <flop> as toy")
    await expect(job_card(at, "<flop> waits for its turn")).to_contain_text("in line")
    # Its pictures are lost, and come back.
    [folder] = set((house.folder / "data" / "uploads").glob("*")) - before
    aside = shutil.move(folder, folder.with_name("aside"))
    await told(ada, lambda: ada.command("/figment", "resume"), "begin again")
    failed = job_card(at, "<flop> was not learned")
    await expect(failed).to_contain_text("cannot be read", timeout=2 * MINUTE)
    await told(ada, lambda: ada.command("/figment", "pause"), "Paused")
    shutil.move(aside, folder)
    await at.press(failed, "Retry")
    again = job_card(at, "<flop> waits for its turn")
    await expect(again).to_contain_text("Attempt")
    await at.press(again, "Cancel", answer="Cancel the job")
    await expect(job_card(at, "<flop> was cancelled")).to_be_visible(timeout=MINUTE)
    await told(ada, lambda: ada.command("/figment", "resume"), "begin again")


async def test_it_is_watched_and_stopped_when_it_is_good_enough(
    at: AtPage, samples: tuple[Path, ...]
) -> None:
    await at.post(samples, "my robot")
    await at.write("/concept teach")
    await at.press(at.form, "Advanced settings")
    await at.form.get_by_label("Most training steps").fill(str(STEPS))
    await at.form.get_by_label("Name", exact=True).fill("<kard>")
    await at.form.get_by_label("In one word, what is it?").fill("toy")
    # Without files: those that were uploaded lately are taken.
    await at.submit()
    card = job_card(at, "Learning <kard>")
    await expect(card).to_contain_text(f"of {STEPS}", timeout=2 * MINUTE)
    await expect(card).to_contain_text("✓ prepare")
    await expect(card).to_contain_text("▸ train", timeout=2 * MINUTE)
    await expect(card).to_contain_text(re.compile(r"[▰▱]{20} \d+ %"))
    # A preview and the curve.
    _, curve = await (await at.pictures(card, 2, minutes=5)).all()
    await expect(curve).to_have_accessible_name(re.compile("Evaluation loss from"))
    box = await curve.bounding_box()
    assert box is not None
    assert box["width"] >= READABLE

    await at.press(card, "Good enough: stop and keep this", answer="Stop and keep this")
    ready = job_card(at, "<kard> is ready")
    await expect(ready).to_contain_text("Learned in", timeout=5 * MINUTE)
    await expect(ready).not_to_contain_text(f"{STEPS} steps")
    await at.pictures(ready, 2)


async def test_what_it_has_learned_is_tried(at: AtPage) -> None:
    await at.press(job_card(at, "<kard> is ready"), "Try <kard>")
    await expect(at.form.get_by_label("Prompt")).to_have_value(re.compile("<kard>"))
    await at.form.get_by_label("Prompt").fill("a <kard> on a table")
    await at.form.get_by_label("Pictures").fill("1")
    await at.submit()
    await at.open_thread(at.message("a <kard> on a table"))
    await at.pictures(at.thread, 1, minutes=3)


async def test_an_earlier_checkpoint_is_chosen_and_says_where_it_is_from(at: AtPage) -> None:
    await at.press(job_card(at, "<kard> is ready"), "Choose a checkpoint")
    offer = at.message("Which one is to be used?")
    await at.pictures(offer, 1)
    await offer.get_by_role("combobox", name="Choose a step").select_option("Step 20")
    await expect(at.message("<kard> is now what it was after step 20: version 2")).to_be_visible()
    await at.write("/concept versions <kard>")
    await expect(at.message("Versions of <kard>")).to_contain_text("step 20 of job")
    await at.write("/concept show <kard>")
    shown = at.message("began as toy").filter(has_text="version 2")
    await at.pictures(shown, 1)


async def test_under_another_name_it_is_trained_longer_and_anew(at: AtPage, ada: Person) -> None:
    await at.write("/concept rename <kard> <kurt>")
    ready = job_card(at, "<kurt> is ready")
    await expect(ready).to_be_visible(timeout=MINUTE)
    learned = re.search(r"(\d+) steps", await ready.inner_text())
    assert learned is not None
    await at.press(ready, "Train longer")
    longer = job_card(at, "Learning <kurt>")
    # It goes on, and does not begin at the first step again.
    await expect(longer).to_contain_text(re.compile(r"step [1-9]"), timeout=3 * MINUTE)
    reached = re.search(r"step (\d+) of", await longer.inner_text())
    assert reached is not None
    assert int(reached[1]) >= int(learned[1])
    await at.press(longer, "Cancel", answer="Cancel the job")
    await expect(job_card(at, "<kurt> was cancelled")).to_be_visible(timeout=MINUTE)

    await told(ada, lambda: ada.command("/figment", "pause"), "Paused")
    await at.write("/concept retrain <kurt>")
    anew = job_card(at, "<kurt> waits for its turn")
    await expect(anew).to_contain_text("5 pictures")
    await at.press(anew, "Cancel", answer="Cancel the job")
    await expect(job_card(at, "<kurt> waits for its turn")).to_have_count(0, timeout=MINUTE)
    await told(ada, lambda: ada.command("/figment", "resume"), "begin again")


async def test_the_card_of_what_is_deleted_offers_nothing(at: AtPage) -> None:
    await at.write("/concept delete <kurt>")
    question = at.message("Delete <kurt>?")
    await expect(question).to_contain_text("Pictures that were drawn and posted stay")
    await at.press(question, "Delete <kurt>", answer="Delete")
    card = job_card(at, "<kurt> was deleted")
    await expect(card).to_be_visible(timeout=MINUTE)
    await expect(card.get_by_role("button", name="Try <kurt>")).to_have_count(0)
    await expect(card.get_by_role("button", name="Train longer")).to_have_count(0)
