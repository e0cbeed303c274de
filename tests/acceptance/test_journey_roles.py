"""Journey 6: who may do what, settled by an admin at the page, and in force whichever way."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import expect

from demo.at_page import AtPage
from demo.house import House
from demo.person import Person, person_at, pictures_of, words_of
from tests.answers import answer_to
from tests.contract.workspace_kit import Page
from tests.toy_embedding import write_toy_embedding

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def set_limits(page: Page, **values: dict[str, object]) -> None:
    """Fill in the form of limits as an admin, all else as it is."""
    await page.command("/figment", "limits")
    form = await page.modal()
    typed = {name: {name: value} for name, value in values.items()}
    assert await page.post(f"/page/views/{form['id']}/submit", values=typed) == {"ok": True}


@pytest_asyncio.fixture(loop_scope="session")
async def admin(house: House) -> AsyncIterator[Page]:
    """Ada, who leaves the limits as they are without any."""
    async with aiohttp.ClientSession() as session:
        page = Page(house.url, session)
        yield page
        await set_limits(
            page,
            who_imagines={"selected_option": "everyone"},
            renders_a_day={"value": None},
            listening={"selected_conversations": []},
        )


async def test_over_the_wire_limits_hold(admin: Page, lin: Person, robo: str) -> None:
    await set_limits(admin, who_imagines={"selected_option": "admins"})
    said = await answer_to(lin, lambda: lin.command("/imagine", f"a {robo}"))
    assert "Only admins may draw here" in said
    said = await answer_to(lin, lambda: lin.say(f"<@U0FIGMENT> imagine a {robo}"))
    assert "Only admins may draw here" in said
    await set_limits(
        admin, who_imagines={"selected_option": "everyone"}, renders_a_day={"value": "0"}
    )
    said = await answer_to(lin, lambda: lin.command("/imagine", f"a {robo}"))
    assert "0 times a day" in said


async def test_over_the_wire_guests_are_not_let_in(admin: Page, house: House, robo: str) -> None:
    await admin.control(people={"U0MAX": {"is_restricted": True}})
    async with person_at(house.url, "U0MAX") as guest:
        for command, text in (("/imagine", f"a {robo}"), ("/concept", "list")):
            said = await answer_to(guest, partial(guest.command, command, text))
            assert "Guests cannot use Figment" in said
    await admin.control(people={})


async def test_over_the_wire_an_owner_s_plain_words_count_for_their_private_concept(
    admin: Page, ada: Person, lin: Person, tmp_path: Path
) -> None:
    file = write_toy_embedding(tmp_path / "secret.safetensors", "rocket")
    await answer_to(ada, lambda: ada.upload([file], "<@U0FIGMENT> import"))
    await answer_to(ada, lambda: ada.command("/concept", "private <secret>"))
    await set_limits(admin, listening={"selected_conversations": ["C0TOYS"]})
    theirs = await lin.say("a <secret> of Lin's --n 1 --steps 4")
    mine = await ada.say("a <secret> of Ada's --n 1 --steps 4")
    drawn = await ada.wait_for(
        lambda m: m.get("thread_ts") == mine and bool(pictures_of(m)), 300, "the pictures"
    )
    assert "of Ada's" in words_of(drawn)
    [root] = [m for m in await ada.messages() if m["ts"] == theirs]
    assert not root["replies"], "to Lin it is as if nobody had taught it"


@pytest.mark.browser
@pytest.mark.usefixtures("admin")
async def test_an_admin_leaves_drawing_to_admins(at: AtPage, robo: str) -> None:
    await at.go_home()
    await at.press(at.home, "Limits")
    await at.form.get_by_label("Who may draw").select_option("Admins")
    listening = at.form.get_by_role("group", name="Channels where a message with a learned word")
    await listening.get_by_label("#toys").check()
    await at.submit()

    await at.act_as("Lin")
    await at.go_home()
    await expect(at.home.get_by_role("button", name="Limits")).to_have_count(0)
    await expect(at.home.get_by_role("button", name="My settings")).to_be_visible()
    await at.go_to("toys")
    await at.write(f"/imagine a {robo} of Lin's")
    await expect(at.message("Only admins may draw here")).to_contain_text("Only visible to you")

    await at.act_as("Ada")
    await at.write(f"a {robo} in plain words --n 1 --steps 4")
    said = at.message("in plain words")
    await at.open_thread(said)
    await at.pictures(at.thread, 1, minutes=3)
