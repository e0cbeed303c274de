"""The buttons under pictures, the forms they open and the shortcut, over the wire."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from backend.database import open_engine
from backend.models import OutboxRow
from backend.service import Service
from bot.action_ids import Action, Field
from tests.contract.workspace_kit import Page, eventually
from tests.unit.bot.test_figment import Message, Team, serving, team

__all__ = ["team"]

pytestmark = pytest.mark.slow


def elements(message: Message) -> list[dict[str, Any]]:
    return [one for block in message["blocks"] for one in block.get("elements", ())]


async def press(team: Team, message: Message, action_id: str, **more: Any) -> None:
    for block in message["blocks"]:
        if any(one.get("action_id") == action_id for one in block.get("elements", ())):
            answer = await team.page.post(
                "/page/actions",
                channel="C0TOYS",
                message_ts=message["ts"],
                block_id=block["block_id"],
                action_id=action_id,
                **more,
            )
            assert answer == {"ok": True}
            return
    raise AssertionError(f"no {action_id} in {message}")


async def submit(page: Page, view: dict[str, Any], **values: dict[str, Any]) -> dict[str, Any]:
    """Submit a modal with some of its fields filled in by the person."""
    typed = {name: {name: value} for name, value in values.items()}
    answer: dict[str, Any] = await page.post(f"/page/views/{view['id']}/submit", values=typed)
    return answer


def values_of(view: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name, state in view["state"]["values"].items() if name in state}


async def the_new(team: Team, number: int, *old: Message) -> Message:
    """The message with so many pictures that is none of the `old` ones."""
    seen = {one["ts"] for one in old}

    async def look() -> Message | None:
        for message in await team.all():
            images = [one for one in message.get("blocks") or () if one["type"] == "image"]
            if message.get("bot_id") and len(images) == number and message["ts"] not in seen:
                return message
        return None

    return await eventually(look) or {}


async def said(team: Team, words: str) -> Message:
    """The first message or reply of the bot that has these words itself."""

    async def look() -> Message | None:
        for message in await team.all():
            alone = json.dumps({**message, "replies": []})
            if message.get("bot_id") and words in alone:
                return message
        return None

    return await eventually(look) or {}


async def test_variations_and_larger_ones_of_one_picture(team: Team) -> None:
    async with serving(team):
        line = "a toy --n 2 --seed 7 --steps 9 --guidance 3 --no dark --until 0.5 --ar 3:2"
        await team.page.command("/imagine", line)
        first = await the_new(team, 2)
        await press(team, first, f"{Action.PICTURE_VARY}.1")
        varied = await the_new(team, 2, first)
        text = json.dumps(varied)
        for part in ("seed 8 ", "9 steps", "guidance 3 ", "not: dark", "50%", "80 x 56"):
            assert part in text
        assert "variations of one seed, strength 0.2" in text
        assert varied["thread_ts"] == first["thread_ts"]

        await press(team, varied, f"{Action.PICTURE_VARY}.0")
        further = await the_new(team, 2, first, varied)
        await press(team, further, Action.RENDER_AGAIN)
        again = await the_new(team, 2, first, varied, further)
        assert "variations of one seed" in json.dumps(again)

        await press(team, first, f"{Action.PICTURE_UPSCALE}.0")
        larger = await the_new(team, 1, first)
        assert "upscaled to twice the size" in json.dumps(larger)
        assert not [one for one in elements(larger) if "upscale" in one.get("action_id", "")]


async def test_again_keeps_the_seed_of_variations(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --seed 7 --vary 0.3")
        first = await the_new(team, 2)
        await press(team, first, Action.RENDER_AGAIN)
        again = await the_new(team, 2, first)
        assert "variations of one seed, strength 0.3" in json.dumps(again)
        assert "seed 7 " in json.dumps(again)


async def test_a_prompt_is_edited_with_all_its_flags(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a <b> toy --n 1 --seed 7 --sampler ddim --no dark")
        assert await team.wait_for("&lt;b&gt;")
        await team.page.command("/imagine", "a toy & co --n 1 --seed 7 --sampler ddim --no dark")
        first = await the_new(team, 1)
        await press(team, first, Action.RENDER_EDIT)
        form = await team.page.modal()
        given = values_of(form)
        assert given[Field.PROMPT]["value"] == "a toy & co"
        assert given[Field.NEGATIVE]["value"] == "dark"
        assert (given[Field.COUNT]["value"], given[Field.SEED]["value"]) == ("1", "7")
        assert given[Field.SAMPLER]["selected_option"]["value"] == "ddim"
        assert given[Field.RATIO]["selected_option"]["text"]["text"] == "64 x 64, as it was"
        answer = await submit(team.page, form, prompt={"value": "a robot"})
        assert answer == {"ok": True}
        edited = await the_new(team, 1, first)
        text = json.dumps(edited)
        assert edited["thread_ts"] == first["thread_ts"]
        for part in ("a robot", "seed 7 ", "ddim", "not: dark", "64 x 64"):
            assert part in text


async def test_the_form_unfolds_and_keeps_what_was_typed(team: Team) -> None:
    async with serving(team):
        toy = team.pictures[0]
        sent = await team.page.upload("look", toy)
        await team.page.post(
            "/page/shortcuts",
            callback_id="imagine_with_picture",
            channel="C0TOYS",
            message_ts=sent["ts"],
        )
        form = await team.page.modal()
        assert "Begins from" in json.dumps(form)
        assert Field.SEED not in values_of(form)
        block = next(one for one in form["blocks"] if one["type"] == "actions")
        await team.page.post(
            "/page/actions",
            view_id=form["id"],
            block_id=block["block_id"],
            action_id=Action.PROMPT_MORE,
            values={"prompt": {"prompt": {"value": "a castle"}}},
        )

        async def unfolded() -> dict[str, Any] | None:
            view = await team.page.modal()
            return view if Field.SEED in values_of(view) else None

        more = await eventually(unfolded) or {}
        assert values_of(more)[Field.PROMPT]["value"] == "a castle"
        await submit(team.page, more, seed={"value": "9"}, strength={"value": "0.4"})
        drawn = await the_new(team, 2)
        assert drawn["thread_ts"] == sent["ts"]
        assert "begun from a picture, strength 0.4" in json.dumps(drawn)
        assert "seed 9 to 10" in json.dumps(drawn)

        await team.page.post(
            "/page/shortcuts",
            callback_id="imagine_with_picture",
            channel="C0TOYS",
            message_ts=drawn["ts"],
        )

        async def several() -> dict[str, Any] | None:
            view = await team.page.modal()
            return view if Field.PICTURE in values_of(view) else None

        of_ours = await eventually(several) or {}
        assert len(of_ours["blocks"][0]["element"]["options"]) == 2
        text = await team.page.say("no picture here")
        await team.page.post(
            "/page/shortcuts",
            callback_id="imagine_with_picture",
            channel="C0TOYS",
            message_ts=text,
        )

        async def refused() -> bool:
            return "has no picture" in json.dumps(await team.page.modal())

        assert await eventually(refused)


async def test_recipes_are_told_to_one_person(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 2 --seed 7")
        first = await the_new(team, 2)
        await press(team, first, Action.RENDER_RECIPE)
        told = await said(team, "figment imagine --recipe")
        assert told["ephemeral_to"] == "U0ADA"
        for seed in (7, 8):
            assert f"/imagine a toy --n 1 --seed {seed} --steps 20" in json.dumps(told)


async def files_left(team: Team, message: Message) -> list[int]:
    ids = [one["slack_file"]["id"] for one in message["blocks"] if one["type"] == "image"]
    found = []
    for file_id in ids:
        async with team.page.session.get(f"{team.page.url}/page/files/{file_id}") as answer:
            found.append(answer.status)
    return found


@pytest.mark.parametrize("receipt", ["new", "old"])
async def test_who_asked_deletes_pictures_and_nobody_else(team: Team, receipt: str) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 2")
        first = await the_new(team, 2)
        assert await files_left(team, first) == [200, 200]
        lin = Team(Page(team.page.url, team.page.session, "U0LIN"), *_rest(team))
        await press(lin, first, Action.RENDER_DELETE)
        await said(lin, "Only who asked for these pictures")
        assert len(list(team.backend.data.glob("pictures/*/*.png"))) == 2
        if receipt == "old":
            engine = open_engine(team.backend.url)
            async with engine.begin() as connection:
                await connection.execute(update(OutboxRow).values(receipt=first["ts"]))
            await engine.dispose()
    async with serving(team):
        # Only now, after a restart: what was shown is not remembered by the process.
        await press(team, first, Action.RENDER_DELETE)
        gone = await said(team, "were deleted by")
        assert gone["ts"] == first["ts"]
        assert not [one for one in gone["blocks"] if one["type"] in ("image", "actions")]
        assert set(await files_left(team, first)) == {404}
        assert not list(team.backend.data.glob("pictures/*/*.png"))


def _rest(team: Team) -> tuple[Any, ...]:
    return team.start, team.backend, team.pictures


async def test_pictures_whose_files_are_gone_say_so(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 2")
        first = await the_new(team, 2)
        for path in team.backend.data.glob("pictures/*/*.png"):
            path.unlink()
        await press(team, first, f"{Action.PICTURE_VARY}.0")
        told = await said(team, "The file of this picture is gone")
        assert told["ephemeral_to"] == "U0ADA"


async def test_many_pictures_are_chosen_from_a_list(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 6 --seed 7")
        first = await the_new(team, 6)
        select = next(one for one in elements(first) if one.get("action_id") == Action.PICTURE_VARY)
        assert len(select["options"]) == 6
        await press(team, first, Action.PICTURE_VARY, selected=select["options"][4]["value"])
        assert "seed 11 " in json.dumps(await the_new(team, 2))


async def test_a_plain_message_counts_only_where_it_was_switched_on(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def only_toys(self: Service, workspace: str, channel: str) -> bool:
        return channel == "C0TOYS"

    monkeypatch.setattr(Service, "listens_in", only_toys)
    async with serving(team):
        await team.page.upload("look", *team.pictures)
        await team.page.command("/concept", "teach <dicoo> as toy")
        await said(team, "job.try")
        await team.page.say("I ran `a <dicoo>`")
        await team.page.say("a <stranger> at the beach")
        await team.page.say("a <dicoo> elsewhere", channel="C0GENERAL")
        ts = await team.page.say("a <dicoo> on the moon")
        drawn = await the_new(team, 2)
        assert drawn["thread_ts"] == ts
        await team.page.control(redeliver_last_event=True)
        await team.page.say("<@U0FIGMENT> a <dicoo> in space")
        await the_new(team, 2, drawn)
        roots = [one for one in await team.all() if "asked: " in one["text"]]
        shown = {one["ts"] for one in roots}
        assert len(shown) == 4, roots


async def test_home_has_the_queue_the_last_pictures_and_the_concepts(team: Team) -> None:
    async with serving(team):
        await team.page.upload("look", *team.pictures)
        await team.page.command("/concept", "teach <dicoo> as toy")
        card = await said(team, "job.try")
        await team.page.command("/imagine", "a <dicoo> at home --n 1")
        await the_new(team, 1, card)
        await team.page.post("/page/home/open")

        async def home() -> dict[str, Any] | None:
            view: dict[str, Any] | None = (await team.page.get("/page/home"))["view"]
            return view if view and "Your last pictures" in json.dumps(view) else None

        view = await eventually(home) or {}
        ids = {one.get("action_id") for one in elements(view)}
        assert {Action.JOB_TRY, Action.RENDER_AGAIN, Action.SETTINGS_OPEN} <= ids
        again = next(one for one in view["blocks"] if one["block_id"] == "recent.0")
        await team.page.post(
            "/page/actions",
            view_id=view["id"],
            block_id=again["block_id"],
            action_id=Action.RENDER_AGAIN,
        )

        async def in_the_direct_channel() -> bool:
            found = await team.page.messages("D0ADA")
            return any("slack_file" in json.dumps(one) for one in found)

        assert await eventually(in_the_direct_channel)
