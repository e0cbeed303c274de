"""What is refused while a form is open stands beside its field, and the form stays."""

import asyncio
import json
from typing import Any, cast

import pytest

from backend.people import Person, Standing
from backend.roles import Rules
from backend.service import Service
from backend.store import Store
from bot.action_ids import Action, Field, Form
from bot.asks import Payload
from bot.calls import Calls
from bot.form_checks import FormChecks
from bot.forms import from_form
from bot.standings import Standings
from tests.unit.bot.made import NOW
from tests.unit.bot.test_figment import Message, Team, serving, team
from tests.unit.bot.test_forms import body
from tests.unit.bot.test_outside import ELSEWHERE, shown, submit
from tests.unit.bot.test_picture_buttons import press, the_new
from tests.unit.bot.test_scopes import taught

__all__ = ["team"]  # The fixture.


def errors_of(answer: dict[str, Any]) -> dict[str, str]:
    assert not answer["ok"], answer
    errors: dict[str, str] = answer["errors"]
    return errors


FLIP = {
    "name": {"value": "<flip>"},
    "word": {"value": "toy"},
    "channel": {"selected_conversation": "C0TOYS"},
}
"""A form to teach, filled in well."""


async def open_prompt(team: Team, card: Message) -> Message:
    await team.page.command("/imagine", "a toy --n 1")
    await press(team, await the_new(team, 1, card), Action.RENDER_EDIT)
    return await shown(team, Field.SEED)


@pytest.mark.slow
async def test_a_prompt_is_not_lost_over_a_number_or_a_name(team: Team) -> None:
    async with serving(team):
        form = await open_prompt(team, await taught(team))
        answer = await submit(team, form, prompt={"value": "a toy"}, count={"value": "12"})
        assert "from 1 to 8, not 12" in errors_of(answer)[Field.COUNT]
        few = {"count": {"value": "1"}}
        answer = await submit(team, form, prompt={"value": "a <dico>"}, **few)
        assert errors_of(answer) == {
            Field.PROMPT: "Nobody has taught <dico> here. Did you mean <dicoo>?"
        }
        answer = await submit(
            team, form, prompt={"value": "a toy"}, negative={"value": "no <flip>"}, **few
        )
        assert set(errors_of(answer)) == {Field.NEGATIVE}
        answer = await submit(
            team, form, prompt={"value": "a <dicoo>"}, negative={"value": ""}, **few
        )
        assert answer == {"ok": True}
        await team.wait_for("asked: a &lt;dicoo&gt;", "done")
        said = json.dumps(await team.all())
        assert "Nobody has taught" not in said


@pytest.mark.slow
async def test_pictures_are_not_lost_over_a_name_a_word_or_a_channel(team: Team) -> None:
    async with serving(team):
        await taught(team)
        await team.page.control(leave_channels=[ELSEWHERE])
        await team.page.post("/page/shortcuts", callback_id="teach")
        form = await shown(team, "selected_conversation")
        kept = await team.page.upload("", *team.pictures, path="/page/uploads")
        files = {"files": {"files": [one["id"] for one in kept["files"]]}}
        answer = await submit(
            team,
            form,
            name={"value": "<dicoo>"},
            word={"value": "toyy"},
            channel={"selected_conversation": ELSEWHERE},
            **files,
        )
        errors = errors_of(answer)
        assert set(errors) == {Field.NAME, Field.WORD, Field.CHANNEL}
        assert "<dicoo> was taught already" in errors[Field.NAME]
        assert "no single token for" in errors[Field.WORD]
        assert "not a member of the channel" in errors[Field.CHANNEL]
        answer = await submit(team, form, **FLIP)
        assert answer == {"ok": True}
        await team.wait_for("<flip> is ready", "3 pictures")


@pytest.mark.slow
async def test_nothing_is_lost_over_what_somebody_may_not_do_at_this_moment(team: Team) -> None:
    async with serving(team):
        prompt = await open_prompt(team, await taught(team))
        store = Store.open(team.backend)
        rules = Rules(open_jobs=0, renders_a_day=1)
        await store.rules.set_rules(Person("T0TOYBOX", "U0ADA"), rules, NOW)
        await store.close()
        few = {"count": {"value": "1"}}
        answer = await submit(team, prompt, prompt={"value": "a toy"}, **few)
        assert "once a day" in errors_of(answer)[Field.PROMPT]
        await team.page.post("/page/shortcuts", callback_id="teach")
        form = await shown(team, "selected_conversation")
        answer = await submit(team, form, **FLIP)
        assert "training jobs that have not ended" in errors_of(answer)[Field.NAME]


class Slow:
    """A service and standings that do not answer, or break."""

    def __init__(self, trouble: Exception | None) -> None:
        self._trouble = trouble

    async def of(self, person: Person, channel: str) -> Standing:
        return await self._answer()

    async def check_initializer(self, word: str) -> None:
        await self._answer()

    async def _answer(self) -> Standing:
        if self._trouble is not None:
            raise self._trouble
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")


@pytest.mark.parametrize("trouble", [None, RuntimeError("broken"), OSError("no line")])
@pytest.mark.parametrize(
    "sent", [body(Form.IMAGINE, prompt="a toy"), body(Form.TEACH, name="<dicoo>", word="toy")]
)
async def test_a_check_that_does_not_come_to_its_end_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception | None, sent: Payload
) -> None:
    monkeypatch.setattr("bot.form_checks.LOOK_SECONDS", 0.01)
    slow = Slow(trouble)
    checks = FormChecks(cast("Service", slow), cast("Calls", slow), cast("Standings", slow))
    assert await checks.wrong(from_form(sent, NOW), sent["view"]) == {}
