"""Journey 4: the bot's own page: what is there for whom, and what is settled on it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from demo.at_page import MINUTE, AtPage, browser_at
from demo.chromium import CHROMIUM_NAMES
from demo.house import House
from demo.person import Person, words_of
from tests.answers import told
from tests.contract.workspace_kit import Page, eventually
from tests.requirements import program_or_skip

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def home_of(page: Page) -> str:
    """All words and names of somebody's Home, as it is when they open it."""
    await page.post("/page/home/open")

    async def look() -> str:
        view = (await page.get("/page/home"))["view"]
        return "" if view is None else f"{words_of(view)} {view}"

    return await eventually(look)


async def test_over_the_wire_everyone_has_a_home_and_admins_a_cluster(
    house: House, session: aiohttp.ClientSession, robo: str
) -> None:
    ada = await home_of(Page(house.url, session))
    lin = await home_of(Page(house.url, session, "U0LIN"))
    for home in (ada, lin):
        for part in ("Queue", "Concepts", robo, "My settings", "How it works"):
            assert part in home
    for part in ("limits.open", "training slot", "failed in the last day"):
        assert part in ada
        assert part not in lin


@pytest.mark.browser
@pytest.mark.usefixtures("paused")
async def test_the_gallery_the_queue_and_the_last_pictures(
    at: AtPage, ada: Person, robo: str, samples: tuple[object, ...]
) -> None:
    await at.write(f"/imagine a {robo} at home --n 1 --steps 4")
    await at.open_thread(at.message(f"a {robo} at home").filter(has_text="asked:"))
    await at.pictures(at.thread, 1, minutes=3)
    await at.post([*samples], "at home, too")  # type: ignore[list-item]
    await at.write("/concept teach <homely> as toy")
    await expect(at.message("<homely> waits for its turn")).to_be_visible()

    await at.go_home()
    for heading in ("Queue", "Your last pictures", "Concepts", "Cluster", "How it works"):
        await expect(at.home.get_by_role("heading", name=heading)).to_be_visible(timeout=MINUTE)
    await expect(at.home).to_contain_text("<homely> waiting, number 1 in line")
    await expect(at.home).to_contain_text("0 of 1 training slot in use, 1 job waiting")
    last = at.home.get_by_role("img", name=f"a {robo} at home")
    await last.scroll_into_view_if_needed()
    await expect(last).not_to_have_js_property("naturalWidth", 0)
    await at.press(at.home, "Try it")
    await expect(at.form).to_have_accessible_name("Imagine")
    await at.close_form()
    await at.press(at.home, "Cancel", answer="Cancel it")
    await expect(at.home).to_contain_text(
        "Nothing waits, and nothing is being drawn or learned", timeout=MINUTE
    )


@pytest.mark.browser
async def test_own_settings_stand_where_no_flag_does(at: AtPage, ada: Person) -> None:
    await at.go_home()
    await at.press(at.home, "My settings")
    pictures = at.form.get_by_label("Pictures")
    await pictures.fill("99")
    await at.page.get_by_test_id("modal-submit").click()
    await expect(at.form.get_by_role("alert")).to_contain_text("from 1 to 8")
    await pictures.fill("2")
    await at.submit()
    await told(ada, lambda: ada.say("<@U0FIGMENT> settings"), "2 pictures")
    await at.press(at.home, "My settings")
    await expect(pictures).to_have_value("2")
    await pictures.fill("")
    await at.submit()


@pytest.mark.browser
async def test_an_admin_pauses_and_drains_in_the_form_of_limits(at: AtPage, ada: Person) -> None:
    await at.go_home()
    await at.press(at.home, "Limits")
    for name in ("Let in, too", "Who teaches", "Channels where Figment may be used"):
        await expect(at.form.get_by_role("group", name=name)).to_be_visible()
    now = at.form.get_by_role("group", name="At this moment")
    await now.get_by_label("Pause").check()
    await now.get_by_label("Drain").check()
    await at.submit()
    try:
        said = await told(ada, lambda: ada.command("/figment", "status"), "Paused")
        assert "Draining" in said
        await at.go_to("toys")
        await at.write("/imagine a toy")
        await expect(at.message("takes nothing new")).to_contain_text("Only visible to you")
    finally:
        await at.go_home()
        await at.press(at.home, "Limits")
        await now.get_by_label("Pause").uncheck()
        await now.get_by_label("Drain").uncheck()
        await at.submit()
    said = await told(ada, lambda: ada.command("/figment", "status"), "slot in use")
    assert "Paused" not in said
    assert "Draining" not in said


@pytest.mark.browser
async def test_on_a_telephone_nothing_is_wider_than_the_page(house: House, robo: str) -> None:
    chromium = program_or_skip("chromium", *CHROMIUM_NAMES)
    async with browser_at(house.url, chromium, width=390, height=844) as at:
        await at.go_home()
        await expect(at.home.get_by_role("heading", name="Concepts")).to_be_visible()
        assert await at.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert await at.home.evaluate("one => one.scrollWidth <= one.clientWidth")
