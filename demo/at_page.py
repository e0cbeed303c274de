"""Somebody at the workspace's page, in a real browser: what the tour and the page's tests do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

from demo.chromium import CHROMIUM_FLAGS

MINUTE = 60_000
"""In milliseconds, as playwright counts. All waits end as soon as what they wait for is there."""


@dataclass(frozen=True)
class AtPage:
    """The page with somebody before it. `faults` are the errors of its scripts so far."""

    page: Page
    faults: list[str] = field(default_factory=list)

    @property
    def form(self) -> Locator:
        """The form that is open."""
        return self.page.get_by_test_id("modal")

    @property
    def question(self) -> Locator:
        """What is asked back before a button counts."""
        return self.page.get_by_test_id("confirm")

    @property
    def thread(self) -> Locator:
        """The thread that is open."""
        return self.page.get_by_test_id("thread-panel")

    @property
    def home(self) -> Locator:
        """The bot's own page."""
        return self.page.get_by_test_id("home")

    def message(self, words: str) -> Locator:
        """Return the newest message of the channel with these words."""
        messages = self.page.locator(".main").get_by_test_id("message")
        return messages.filter(has_text=words).last

    def reply(self, words: str) -> Locator:
        """Return the newest message of the open thread with these words."""
        return self.thread.get_by_test_id("message").filter(has_text=words).last

    async def write(self, text: str) -> None:
        """Send a message or a command."""
        await self._send("composer", text)

    async def answer(self, text: str) -> None:
        """Send a message in the open thread."""
        await self._send("thread-composer", text)

    async def post(self, files: Sequence[Path], text: str) -> None:
        """Send files with a message."""
        await self.page.get_by_test_id("attach").set_input_files(list(files))
        await expect(self.page.get_by_test_id("attachment")).to_have_count(len(files))
        await self.write(text)

    async def open_thread(self, message: Locator) -> None:
        """Open the thread of a message, once it has replies."""
        await message.locator(".thread-summary").click(timeout=10 * MINUTE)
        await expect(self.thread).to_be_visible()

    async def use_shortcut(self, message: Locator, name: str) -> None:
        """Use a shortcut on a message."""
        await message.hover()
        await message.get_by_role("button", name=name).click()

    async def go_home(self) -> None:
        """Open the bot's own page."""
        await self.page.get_by_test_id("home-tab").click()
        await expect(self.home).to_be_visible()

    async def go_to(self, channel: str) -> None:
        """Open a channel by its name."""
        await self.page.get_by_test_id(f"channel-{channel}").click()

    async def act_as(self, name: str) -> None:
        """Be somebody else."""
        await self.page.get_by_role("group", name="Act as").get_by_role("button", name=name).click()

    async def submit(self) -> None:
        """Submit the open form, which must be taken."""
        await self.page.get_by_test_id("modal-submit").click()
        await expect(self.form).to_have_count(0)

    async def close_form(self) -> None:
        """Close the open form without submitting it."""
        await self.page.get_by_test_id("modal-close").click()
        await expect(self.form).to_have_count(0)

    async def press(self, where: Locator, name: str, answer: str | None = None) -> None:
        """Press a button, and give the `answer` where it asks back."""
        await where.get_by_role("button", name=name, exact=True).last.click()
        if answer is not None:
            await self.question.get_by_role("button", name=answer, exact=True).click()
            await expect(self.question).to_have_count(0)

    async def pictures(self, where: Locator, count: int, minutes: float = 1) -> Locator:
        """Return the pictures there, as soon as there are so many, all of them loaded."""
        found = where.locator(".picture img")
        await expect(found).to_have_count(count, timeout=minutes * MINUTE)
        for picture in await found.all():
            # Those out of sight are not loaded before.
            await picture.scroll_into_view_if_needed()
            await expect(picture).to_have_js_property("complete", True)
            await expect(picture).not_to_have_js_property("naturalWidth", 0)
        return found

    async def _send(self, composer: str, text: str) -> None:
        box = self.page.get_by_test_id(composer)
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("", timeout=MINUTE)


@asynccontextmanager
async def browser_at(
    url: str, chromium: str, width: int = 1280, height: int = 900
) -> AsyncIterator[AtPage]:
    """Open the page in the Chromium at a path, in a window of this size in pixels."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_FLAGS)
        )
        page = await browser.new_page(viewport={"width": width, "height": height})
        # A busy machine is no fault: what does not come at all is found by these, too.
        page.set_default_timeout(MINUTE)
        expect.set_options(timeout=MINUTE)
        at = AtPage(page)
        page.on("pageerror", lambda error: at.faults.append(str(error)))
        await page.goto(url)
        try:
            yield at
        finally:
            await browser.close()
