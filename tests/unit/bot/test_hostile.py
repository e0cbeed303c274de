"""What nobody should send is answered in words, over the wire; the workspace checks the rest."""

import json

import pytest

from tests.unit.bot.test_figment import Team, serving, team

__all__ = ["team"]  # The fixture.

pytestmark = pytest.mark.slow

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
NASTY = "<!channel> <@U0LIN> &lt;script&gt; @here `\u202e\u05e9\u05dc\u200b "


async def no_ping(team: Team) -> None:
    """Nobody but Ada was called by what the bot said."""
    for message in await team.all():
        if message.get("bot_id"):
            said = json.dumps([message["text"], message["blocks"]])
            assert "<!" not in said
            assert "<@U0LIN>" not in said


async def test_thirty_pictures_at_once(team: Team) -> None:
    async with serving(team):
        many = [(f"{n}.png", team.pictures[n % 3][1]) for n in range(30)]
        await team.page.upload("<@U0FIGMENT> teach <many> as toy", *many)
        await team.wait_for("30 pictures are more than the 20")


async def test_a_picture_that_was_deleted_before_it_was_read(team: Team) -> None:
    # The bot is away; what it is told later is of a time when the file was there.
    upload = await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
    await team.page.control(delete_files=upload["files"][:1])
    async with serving(team):
        told = await team.wait_for(team.pictures[0][0], "could not be fetched", "draft.teach")
        assert told["thread_ts"] == upload["ts"]
        await team.press(told, "draft.teach")
        await team.wait_for("<dicoo> is ready")
    card = await team.wait_for("<dicoo> is ready")
    assert "2 pictures" in json.dumps(card["blocks"])


async def test_all_pictures_were_deleted(team: Team) -> None:
    upload = await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
    await team.page.control(delete_files=upload["files"])
    async with serving(team):
        await team.wait_for("could not be fetched")


async def test_a_web_page_that_calls_itself_a_picture_is_no_missing_scope(team: Team) -> None:
    async with serving(team):
        words = "<@U0FIGMENT> teach <dicoo> as toy"
        await team.page.upload(words, team.pictures[0], ("cat.png", PAGE))
        await team.wait_for("cat.png is a web page, not a picture")
    assert "lacks the permission" not in json.dumps(await team.all())


@pytest.mark.parametrize("way", ["command", "mention"])
async def test_a_prompt_of_four_thousand_characters(team: Team, way: str) -> None:
    prompt = (NASTY * 200)[:4000]
    async with serving(team):
        if way == "command":
            await team.page.command("/imagine", prompt)
        else:
            await team.page.say("<@U0FIGMENT> " + prompt)
        await team.wait_for("The prompt has ")
        await no_ping(team)


@pytest.mark.parametrize("text", [NASTY, "teach <!channel> as <@U0LIN>", "show <!here>", "\u200b"])
async def test_hostile_words_call_nobody(team: Team, text: str) -> None:
    async with serving(team):
        await team.page.say(f"<@U0FIGMENT> {text}")
        answer = await team.wait_for("")
        assert "on Figment's side" not in json.dumps(answer)
        await no_ping(team)
        await team.page.command("/concept", f"show {text}")
        await team.page.command("/concept", "list")
        await team.wait_for("Nothing was taught here yet")
        await no_ping(team)


async def test_a_list_in_public_calls_none_of_the_teachers(team: Team) -> None:
    async with serving(team):
        await team.page.upload("<@U0FIGMENT> teach <flip> as toy", *team.pictures)
        await team.wait_for("<flip> is ready")
        team.page.person = "U0LIN"
        await team.page.say("<@U0FIGMENT> list")
        listed = await team.wait_for("taught by a teammate")
        assert "<@U0ADA>" not in json.dumps([listed["text"], listed["blocks"]])
