"""The story by hand and eye: a person at the page, in a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from demo.chromium import CHROMIUM_FLAGS, CHROMIUM_NAMES
from demo.house import House
from tests.requirements import program_or_skip

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(1800),
]

MINUTE = 60_000
"""In milliseconds, as playwright counts. All waits end as soon as what they wait for is there."""
PICTURES_LOADED = """
    count => {
        const panel = document.querySelector('[data-testid=thread-panel]');
        const pictures = panel ? [...panel.querySelectorAll('.picture img')] : [];
        return pictures.length === count && pictures.every(one => one.naturalWidth === 128);
    }
"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(house: House) -> AsyncIterator[Page]:
    chromium = program_or_skip("chromium", *CHROMIUM_NAMES)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_FLAGS)
        )
        page = await browser.new_page(viewport={"width": 1440, "height": 1000})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(house.url)
        yield page
        await browser.close()
    assert faults == []


async def write(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(text)
    await composer.press("Enter")
    await expect(composer).to_have_value("")


def message(page: Page, words: str) -> Locator:
    return page.locator(".main").get_by_test_id("message").filter(has_text=words)


async def test_a_person_teaches_and_draws(page: Page, samples: tuple[Path, ...]) -> None:
    await page.get_by_test_id("attach").set_input_files(list(samples))
    await expect(page.get_by_test_id("attachment")).to_have_count(5)
    await page.get_by_test_id("composer").fill("five robots of mine")
    await page.get_by_test_id("send").click()
    uploaded = message(page, "five robots of mine")
    await expect(uploaded.locator(".picture img")).to_have_count(5)

    await write(page, "/concept teach <pico> as toy")
    card = message(page, "<pico> is ready")
    await expect(card).to_have_count(1, timeout=15 * MINUTE)
    # What it has learned, and the curve.
    await expect(card.locator(".picture img")).to_have_count(2)

    await write(page, "/imagine a <pico> in the snow")
    asked = message(page, "a <pico> in the snow")
    await asked.get_by_test_id("thread-open").click(timeout=5 * MINUTE)
    await page.wait_for_function(PICTURES_LOADED, arg=4, timeout=5 * MINUTE)
    await page.get_by_test_id("thread-panel").get_by_role("button", name="Again").click()
    await page.wait_for_function(PICTURES_LOADED, arg=8, timeout=5 * MINUTE)

    await card.get_by_role("button", name="Try <pico>").click()
    form = page.get_by_test_id("modal")
    await form.locator("[data-action-id=count]").fill("1")
    await page.get_by_test_id("modal-submit").click()
    await expect(form).to_have_count(0)
    tried = message(page, "a <pico> at the beach").filter(has_text="1 picture, done")
    await tried.get_by_test_id("thread-open").click(timeout=5 * MINUTE)
    await page.wait_for_function(PICTURES_LOADED, arg=1, timeout=5 * MINUTE)


async def test_a_job_is_cancelled_on_its_card(page: Page, samples: tuple[Path, ...]) -> None:
    await page.get_by_test_id("attach").set_input_files(list(samples))
    await write(page, "@figment teach <shortlived> as toy")
    # A mention is answered in its thread.
    await message(page, "teach <shortlived>").get_by_test_id("thread-open").click(timeout=MINUTE)
    thread = page.get_by_test_id("thread-panel")
    card = thread.get_by_test_id("message").filter(has_text="begins as toy")
    await card.get_by_role("button", name="Cancel").click(timeout=2 * MINUTE)
    await page.get_by_test_id("confirm-yes").click()
    await expect(card).to_contain_text("<shortlived> was cancelled", timeout=2 * MINUTE)
    await expect(card.get_by_role("button", name="Cancel")).to_have_count(0)


async def test_another_person_has_another_direct_channel(page: Page) -> None:
    await page.get_by_test_id("person-U0LIN").click()
    await page.get_by_test_id("channel-figment").click()
    await write(page, "help")
    answer = message(page, "Teach me a word")
    await expect(answer).to_have_count(1, timeout=MINUTE)
    await expect(answer).to_have_attribute("data-author", "U0FIGMENT")
    await page.get_by_test_id("person-U0MAX").click()
    await expect(message(page, "Teach me a word")).to_have_count(0)
