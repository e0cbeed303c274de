"""Journey 3: somebody draws at the page, in every way there is, and goes on from the pictures."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from demo.at_page import MINUTE, AtPage

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]

SOON = "--n 1 --steps 4"
"""Flags of what is only drawn to be there."""


async def widths(pictures: Locator) -> list[int]:
    found: list[int] = await pictures.evaluate_all("all => all.map(one => one.naturalWidth)")
    return found


async def test_from_a_command_to_pictures_and_what_their_buttons_make_of_them(
    at: AtPage, robo: str
) -> None:
    await at.write(f"/imagine a {robo} in the snow --n 2 --seed 7 --steps 4 --no rain")
    await at.open_thread(at.message(f"a {robo} in the snow").filter(has_text="asked:"))
    assert await widths(await at.pictures(at.thread, 2, minutes=3)) == [128, 128]
    first = at.reply(f"a {robo} in the snow for")
    for said in ("seed 7 to 8", "4 steps", "not: rain", f"{robo} v1"):
        await expect(first).to_contain_text(said)

    await at.press(at.thread, "Again")
    await at.pictures(at.thread, 4, minutes=3)
    await at.press(at.thread, "Vary 1")
    await at.pictures(at.thread, 8, minutes=3)
    await expect(at.reply("variations of one seed")).to_be_visible()
    await at.press(at.thread, "Upscale 2")
    larger = await at.pictures(at.thread, 9, minutes=3)
    assert (await widths(larger))[-1] == 256
    await expect(at.reply("upscaled to twice the size")).to_be_visible()


async def test_a_prompt_is_edited_and_the_recipe_told(at: AtPage, robo: str) -> None:
    await at.write(f"/imagine a {robo} in the forest --seed 11 {SOON}")
    await at.open_thread(at.message(f"a {robo} in the forest").filter(has_text="asked:"))
    await at.pictures(at.thread, 1, minutes=3)
    await at.press(at.thread, "Recipe")
    recipe = at.page.get_by_test_id("message").filter(has_text="--seed 11").last
    await expect(recipe).to_contain_text("Only visible to you")
    await expect(recipe).to_contain_text(f"a {robo} in the forest --n 1")

    await at.press(at.thread, "Edit prompt")
    await expect(at.form).to_have_accessible_name("Imagine")
    await expect(at.form.get_by_label("Prompt")).to_have_value(f"a {robo} in the forest")
    await expect(at.form.get_by_label("Seed")).to_have_value("11")
    await expect(at.form.get_by_role("group", name="Size")).to_be_visible()
    await at.form.get_by_label("Prompt").fill(f"a {robo} in the city")
    await at.submit()
    await expect(at.reply(f"a {robo} in the city for")).to_be_visible(timeout=3 * MINUTE)
    await at.pictures(at.thread, 2, minutes=3)


async def test_pictures_are_deleted_only_by_who_means_it(at: AtPage, robo: str) -> None:
    await at.write(f"/imagine a {robo} that nobody wants {SOON}")
    await at.open_thread(at.message("that nobody wants").filter(has_text="asked:"))
    await at.pictures(at.thread, 1, minutes=3)
    await at.press(at.thread, "Delete")
    await expect(at.question).to_have_accessible_name("Delete?")
    await expect(at.question).to_contain_text("from Slack and from Figment's data folder")
    await at.press(at.question, "Keep them")
    await expect(at.question).to_have_count(0)
    await at.pictures(at.thread, 1)
    await at.press(at.thread, "Delete", answer="Delete")
    await expect(at.reply("The pictures were deleted by")).to_be_visible(timeout=MINUTE)
    await expect(at.thread.locator(".picture img")).to_have_count(0)
    await expect(at.thread.get_by_role("button", name="Again")).to_have_count(0)


async def test_in_a_thread_by_a_mention(at: AtPage, robo: str) -> None:
    await at.write("where shall it go?")
    root = at.message("where shall it go?")
    await root.hover()
    await root.get_by_role("button", name="Reply in thread").click()
    await at.answer(f"@figment a {robo} in space {SOON}")
    await at.pictures(at.thread, 1, minutes=3)
    await expect(at.reply(f"a {robo} in space for")).to_be_visible()


async def test_from_a_picture_by_the_shortcut(
    at: AtPage, robo: str, samples: tuple[Path, ...]
) -> None:
    await at.post(samples[:1], "a picture to begin from")
    message = at.message("a picture to begin from")
    await at.pictures(message, 1)
    await at.use_shortcut(message, "Imagine with this")
    await expect(at.form).to_contain_text(f"Begins from {samples[0].name}")
    await at.form.get_by_label("Prompt").fill(f"a {robo} as it was")
    await at.form.get_by_label("Pictures").fill("1")
    await at.submit()
    await at.open_thread(message)
    await at.pictures(at.thread, 2, minutes=3)
    await expect(at.reply("begun from a picture")).to_be_visible()


async def test_a_word_that_nobody_taught_is_met_with_the_near_one(at: AtPage, robo: str) -> None:
    await at.write("/imagine a <rob> at the beach")
    refused = at.message("Nobody has taught <rob> here")
    await expect(refused).to_contain_text(re.compile(f"Did you mean {robo}"))
    await expect(refused).to_contain_text("Only visible to you")
