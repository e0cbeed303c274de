"""Concepts, limits and settings in the workspace, over real sockets."""

import json
from typing import Any

import pytest

from tests.contract.workspace_kit import Page, eventually
from tests.unit.bot import test_figment as figment
from tests.unit.bot.test_figment import Message, Team, serving

pytestmark = pytest.mark.slow

team = figment.team


def lin_of(team: Team) -> Page:
    return Page(team.page.url, team.page.session, "U0LIN")


async def teach(team: Team, name: str = "<dicoo>") -> Message:
    await team.page.upload("look", *team.pictures)
    await team.page.command("/concept", f"teach {name} as toy")
    return await team.wait_for(f"{name} is ready", "job.try")


async def told(page: Page, *words: str) -> Message:
    """The first message that this person sees with all these words."""

    async def look() -> Message | None:
        for message in await page.messages():
            for one in (message, *(message.get("replies") or [])):
                if one.get("bot_id") and all(word in json.dumps(one) for word in words):
                    found: Message = one
                    return found
        return None

    return await eventually(look) or {}


async def press(page: Page, message: Message, action_id: str) -> None:
    for block in message["blocks"]:
        for one in (*block.get("elements", ()), block.get("accessory") or {}):
            if one.get("action_id") == action_id:
                answer = await page.post(
                    "/page/actions",
                    channel="C0TOYS",
                    message_ts=message["ts"],
                    block_id=block["block_id"],
                    action_id=action_id,
                )
                assert answer == {"ok": True}
                return
    raise AssertionError(f"no {action_id} in {message}")


async def submit(page: Page, view: dict[str, Any], **values: dict[str, Any]) -> Any:
    entries = {name: {name: value} for name, value in values.items()}
    return await page.post(f"/page/views/{view['id']}/submit", values=entries)


async def test_a_concept_gets_another_name_and_another_version_and_goes(team: Team) -> None:
    async with serving(team):
        await teach(team)
        await team.page.command("/concept", "rename <dicoo> to <robo>")
        await team.wait_for("&lt;dicoo&gt; is now called &lt;robo&gt;")
        await team.wait_for("<robo> is ready", "job.try")

        await team.page.command("/concept", "retrain <robo>")

        async def two() -> bool:
            return sum("job.try" in json.dumps(one) for one in await team.all()) == 2

        await eventually(two)
        await team.page.command("/concept", "versions <robo>")
        card = await team.wait_for("Versions of <robo>", "Use version 1")
        assert "*Version 2* (in use)" in json.dumps(card)
        await press(team.page, card, "concept.use")
        await team.wait_for("&lt;robo&gt; is now drawn in version 1")
        await team.page.command("/imagine", "a <robo> --n 1")
        await team.wait_for("&lt;robo&gt; v1", "seed")

        await team.page.command("/concept", "delete <robo>")
        question = await team.wait_for("Delete *&lt;robo&gt;*?", "stay")
        assert question["ephemeral_to"] == "U0ADA"
        await press(team.page, question, "concept.delete")
        await team.wait_for("&lt;robo&gt; is deleted")
        await team.page.command("/concept", "list")
        await team.wait_for("Nothing was taught here yet")
        for folder in ("uploads", "runs", "concepts"):
            left = [path for path in team.backend.data.glob(f"{folder}/**/*") if path.is_file()]
            assert left == []
        assert list(team.backend.data.glob("pictures/*/0.png"))


async def test_a_mention_may_be_about_a_concept(team: Team) -> None:
    async with serving(team):
        await teach(team)
        ts = await team.page.say("<@U0FIGMENT> delete <dicoo>")
        question = await team.wait_for("Delete *&lt;dicoo&gt;*?")
        assert question["ephemeral_to"] == "U0ADA"
        assert question.get("thread_ts") is None, "in a thread without replies nobody would see it"
        await team.page.say("what do you think?", thread_ts=ts)
        within = await team.page.say("<@U0FIGMENT> delete <dicoo>", thread_ts=ts)
        again = await whispered(team, within)
        assert again["thread_ts"] == ts
        await team.page.say("<@U0FIGMENT> rename <dicoo> <robo>")
        await team.wait_for("is now called &lt;robo&gt;")


async def test_a_concept_leaves_as_a_file_and_comes_back_as_another(team: Team) -> None:
    async with serving(team):
        await teach(team)
        await team.page.command("/concept", "export <dicoo>")
        message = await team.wait_for("learned_embeds.safetensors")
        [file] = message["files"]
        async with team.page.session.get(team.page.url + file["url"]) as answer:
            content = await answer.read()
        await team.page.command("/concept", "import <copy>")
        await team.wait_for("I found no file with a concept")
        await team.page.upload("here", ("old.safetensors", content))
        await team.page.command("/concept", "import <copy>")
        await team.wait_for("&lt;copy&gt;*", "is version 1, 1 row")
        await team.page.upload("<@U0FIGMENT> import", ("robo.safetensors", content))
        await team.wait_for("&lt;dicoo&gt;*", "was there already, as version 1")


async def test_a_private_concept_is_there_for_whom_it_is_shared_with(team: Team) -> None:
    lin = lin_of(team)
    async with serving(team):
        await teach(team)
        await team.page.command("/concept", "private <dicoo>")
        await team.wait_for("&lt;dicoo&gt; is private now")
        await lin.command("/imagine", "a <dicoo>")
        await told(lin, "Nobody has taught &lt;dicoo&gt; here")
        await lin.command("/concept", "list")
        await told(lin, "Nothing was taught here yet")
        await lin.command("/concept", "private <dicoo>")
        await team.page.command("/concept", "share <dicoo> with bob")
        await team.wait_for("I cannot tell who")
        await team.page.command("/concept", "share <dicoo> with @lin")
        await team.wait_for("&lt;dicoo&gt; is shared with <@U0LIN>")
        await lin.command("/imagine", "a <dicoo> --n 1")
        await team.wait_for_pictures(1)
        max_ = Page(team.page.url, team.page.session, "U0MAX")
        await max_.command("/concept", "show <dicoo>")
        await told(max_, "Nobody has taught &lt;dicoo&gt; here")
        await team.page.command("/concept", "share <dicoo> with everyone")
        await team.wait_for("&lt;dicoo&gt; is shared with everyone")
        await max_.command("/concept", "versions <dicoo>")
        await told(max_, "Versions of <dicoo>")


async def test_what_is_private_is_not_told_in_front_of_others(team: Team) -> None:
    lin = lin_of(team)
    async with serving(team):
        await teach(team)
        await team.page.command("/concept", "private <dicoo>")
        await team.wait_for("&lt;dicoo&gt; is private now")
        before = {one["ts"] for one in await lin.messages()}
        for words, answer in (
            ("list", "private"),
            ("queue", "The queue is empty"),
            ("show <dicoo>", "private"),
            ("versions <dicoo>", "Versions of <dicoo>"),
            ("a <dico> robot", "&lt;dicoo&gt;"),
        ):
            ts = await team.page.say(f"<@U0FIGMENT> {words}")
            said = await whispered(team, ts)
            assert said["ephemeral_to"] == "U0ADA", words
            assert answer in json.dumps(said)
        await team.page.command("/concept", "export <dicoo>")
        await told(team.page, "&lt;dicoo&gt; is private: look into your direct messages")
        await team.page.command("/concept", "share <dicoo> with channel")
        await team.wait_for("&lt;dicoo&gt; is shared with <#C0TOYS>")
        mine = [one for one in await lin.messages() if one["ts"] not in before]
        assert not [one for one in mine if one.get("bot_id")]
        await team.page.command("/concept", "export <dicoo>")
        await told(lin, "learned_embeds.safetensors")


async def whispered(team: Team, to: str) -> Message:
    """What the bot said after a message, to one person."""

    async def look() -> Message | None:
        for message in await team.all():
            if message.get("ephemeral_to") and float(message["ts"]) > float(to):
                return message
        return None

    return await eventually(look) or {}


def files_in(card: Message) -> list[str]:
    return [one["slack_file"]["id"] for one in card["blocks"] if one["type"] == "image"]


async def test_a_concept_is_shown_though_somebody_deleted_its_picture_in_slack(team: Team) -> None:
    async with serving(team):
        await teach(team)
        await team.page.command("/concept", "show <dicoo>")
        first = await team.wait_for("A sample of <dicoo>")
        await team.page.control(delete_files=files_in(first))
        await team.page.command("/concept", "show <dicoo>")

        async def shown_again() -> bool:
            shown = [one for one in await team.all() if "A sample of" in json.dumps(one)]
            return any(files_in(one) != files_in(first) for one in shown)

        assert await eventually(shown_again)


async def test_guests_and_people_of_other_workspaces_are_not_let_in(team: Team) -> None:
    lin = lin_of(team)
    await team.page.control(
        people={"U0LIN": {"is_ultra_restricted": True}, "U0MAX": {"team_id": "T0OTHER"}}
    )
    max_ = Page(team.page.url, team.page.session, "U0MAX")
    async with serving(team):
        await lin.command("/imagine", "a toy")
        await told(lin, "Guests cannot use Figment")
        await max_.command("/concept", "list")
        await told(max_, "not for those of others")
        await team.page.command("/imagine", "a toy --n 1")
        await team.wait_for_pictures(1)


async def test_admins_limit_what_others_ask_for(team: Team) -> None:
    lin = lin_of(team)
    async with serving(team):
        await lin.command("/figment", "limits")
        await told(lin, "admins")
        await team.page.command("/figment", "limits")
        form = await team.page.modal()
        assert form["callback_id"] == "limits_form"
        everything: dict[str, dict[str, Any]] = {
            "who_teaches": {"selected_option": "admins"},
            "renders_a_day": {"value": "1"},
            "listening": {"selected_conversations": ["C0TOYS"]},
        }
        assert (await submit(team.page, form, **everything)) == {"ok": True}

        await lin.command("/concept", "teach <dicoo> as toy")
        await told(lin, "Only admins may teach here")
        await lin.command("/imagine", "a toy --n 1")
        await team.wait_for_pictures(1)
        await lin.command("/imagine", "a toy --n 1")
        await told(lin, "Each person may ask for pictures once a day", "<!date^")

        await team.page.command("/figment", "limits")
        again = await team.page.modal()
        given = again["state"]["values"]
        assert given["renders_a_day"]["renders_a_day"]["value"] == "1"
        listening = given["listening"]["listening"]
        assert listening["selected_conversations"] == ["C0TOYS"]


async def test_who_spoke_to_nobody_in_particular_is_not_turned_away_in_public(team: Team) -> None:
    await team.page.control(people={"U0LIN": {"is_ultra_restricted": True}})
    lin = lin_of(team)
    async with serving(team):
        await teach(team)
        await team.page.command("/figment", "limits")
        form = await team.page.modal()
        here = {"listening": {"selected_conversations": ["C0TOYS"]}}
        assert (await submit(team.page, form, **here)) == {"ok": True}
        guests = await lin.say("I have seen a <dicoo>, too")
        mine = await team.page.say("a <dicoo> --n 1")
        assert (await team.wait_for("&lt;dicoo&gt; v1", "seed"))["thread_ts"] == mine
        await team.page.command("/figment", "drain")
        await team.wait_for("nothing new is taken")
        late = await team.page.say("another <dicoo> --n 1")
        assert (await team.wait_for("takes nothing new"))["ephemeral_to"] == "U0ADA"
        answered = {one.get("thread_ts") for one in await lin.messages() if one.get("bot_id")}
        assert not answered & {guests, late}


async def test_own_defaults_stand_where_no_flag_does(team: Team) -> None:
    async with serving(team):
        await team.page.command("/figment", "settings")
        form = await team.page.modal()
        refused = await submit(team.page, form, pictures={"value": "99"})
        assert "from 1 to 8" in refused["errors"]["pictures"]
        given = {"pictures": {"value": "1"}, "ratio": {"selected_option": "3:2"}}
        assert (await submit(team.page, form, **given)) == {"ok": True}
        await team.page.command("/imagine", "a toy")
        assert "80 x 56" in json.dumps(await team.wait_for_pictures(1))
        await team.page.say("<@U0FIGMENT> settings")
        said = await team.wait_for("1 picture, aspect ratio 3:2", "settings.open")
        assert said["ephemeral_to"] == "U0ADA"


async def test_an_admin_lets_it_come_to_rest(team: Team) -> None:
    lin = lin_of(team)
    async with serving(team):
        await lin.command("/figment", "drain")
        await told(lin, "This is for the workspace")
        await team.page.command("/figment", "drain")
        await team.wait_for("nothing new is taken until `/figment undrain`")
        await lin.command("/imagine", "a toy")
        await told(lin, "takes nothing new")
        await lin.command("/figment", "status")
        await told(lin, "0 of 1 slot in use", "Draining")
        await team.page.command("/figment", "undrain")
        await team.wait_for("New requests are taken again")
        await lin.command("/imagine", "a toy --n 1")
        await team.wait_for_pictures(1)


async def test_limits_that_are_saved_undo_no_pause_of_meanwhile(team: Team) -> None:
    async with serving(team):
        await team.page.command("/figment", "limits")
        form = await team.page.modal()
        await team.page.command("/figment", "pause")
        await team.wait_for("until `/figment resume`")
        assert (await submit(team.page, form, renders_a_day={"value": "9"})) == {"ok": True}
        await team.page.command("/figment", "status")
        await team.wait_for("slot in use", "Paused")


async def test_the_home_of_an_admin_has_a_way_to_the_limits(team: Team) -> None:
    lin = lin_of(team)
    await team.page.control(people={"U0MAX": {"is_restricted": True}})
    max_ = Page(team.page.url, team.page.session, "U0MAX")
    async with serving(team):
        homes = {}
        for page in (team.page, lin, max_):
            await page.post("/page/home/open")

            async def look(page: Page = page) -> Any:
                return (await page.get("/page/home"))["view"]

            homes[page.person] = json.dumps(await eventually(look))
        assert "limits.open" in homes["U0ADA"]
        assert "limits.open" not in homes["U0LIN"]
        assert "settings.open" in homes["U0LIN"]
        assert "Guests cannot use Figment" in homes["U0MAX"]
        assert "home.teach" not in homes["U0MAX"]
