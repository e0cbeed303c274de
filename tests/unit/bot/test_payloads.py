"""Whatever people write: what is sent is valid, and calls nobody but who asked.

A new builder of messages, modals or the Home is a row in BUILDERS.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.defaults import Defaults
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState, RenderState
from backend.notes import Note
from backend.people import Person
from backend.roles import Rules
from backend.views import ConceptView, Failure, HealthView, JobView, QueueView, RenderView
from bot import texts
from bot.asks import Ask, Origin
from bot.blocks.checkpoints import checkpoint_message
from bot.blocks.concept_card import concept_card
from bot.blocks.contact_sheet import question, sheet_message
from bot.blocks.defaults_form import defaults_modal
from bot.blocks.home import HomeFacts, closed_home, home
from bot.blocks.job_card import CardPicture, job_card, summary
from bot.blocks.kit import Mrkdwn, message_text, section
from bot.blocks.limits_form import limits_modal
from bot.blocks.modals import FormContext, message_modal
from bot.blocks.prompt_form import PromptContext, fits_in_form, prompt_form
from bot.blocks.quiet import quiet, quiet_text
from bot.blocks.recipe_text import recipe_blocks, recipe_summary
from bot.blocks.render_messages import (
    asked,
    pictures_deleted,
    pictures_deleted_text,
    pictures_message,
    render_status,
)
from bot.blocks.teach_form import teach_modal
from bot.lists import concept_list, queue_list
from bot.wishes import Imagine
from bot.words import Words
from cluster.told import AnyOf, Fact
from demo.workspace.block_rules import check_message_blocks, check_view
from tests.unit.bot.made import ADA, EN, LIMITS, NOW, ZH, make_concept, make_job, make_render

LIN = Person("T1", "U0LIN")
LONGEST_TEXT = 4000
"""What Slack recommends for a message's own text; it cuts at 40,000."""
NASTY = (
    "<@U0LIN>",
    "<!channel>",
    "<!here|here>",
    "<!subteam^S1>",
    "<#C0GENERAL|general>",
    "@channel @here",
    "<https://evil.example|x>",
    "https://evil.example",
    "&lt;script&gt;",
    "&amp;lt;!channel&amp;gt;",
    "<script>alert(1)</script>",
    "`*_~",
    "```\n> ",
    "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 :smile:",
    "\u200b\u200d\ufeff",
    "\x00\x07",
    "{prompt} {0} %s",
)


def hostile(most: int) -> st.SearchStrategy[str]:
    """Texts of people who try something, with something to read in them."""
    parts = st.lists(st.sampled_from(NASTY) | st.text(max_size=20), min_size=1, max_size=12)
    mixed = st.tuples(parts, st.integers(1, 400)).map(lambda it: ("x" + " ".join(it[0])) * it[1])
    return mixed.map(lambda text: text[:most])


@dataclass(frozen=True)
class Written:
    """What people wrote, and how many of each there are."""

    prompt: str
    words: str
    name: str
    many: int


WRITTEN = st.builds(
    Written,
    prompt=hostile(4000),
    words=hostile(4000),
    name=hostile(200),
    many=st.integers(0, 120),
)


@dataclass(frozen=True)
class Sent:
    """What goes to Slack because Ada asked. `public`: others read it, too."""

    blocks: Sequence[Block] = ()
    text: Mrkdwn | None = None
    view: View | None = None
    public: bool = True


def concept(said: Written, number: int = 0) -> ConceptView:
    return make_concept(
        initializer=said.words, token=f"<toy-{number}>", owner=(ADA, LIN)[number % 2]
    )


def jobs(said: Written) -> Iterator[JobView]:
    failure = Failure("x", said.words, said.prompt, said.name, said.words)
    for state in JobState:
        yield make_job(
            state=state,
            initializer=said.words,
            notes=(Note(said.name),) * said.many,
            failure=failure if state is JobState.FAILED else None,
            concept=concept(said) if state is JobState.READY else None,
            attempt=1 + said.many,
        )


def renders(said: Written) -> Iterator[RenderView]:
    for state in RenderState:
        failure = Failure("x", said.words, said.prompt) if state is RenderState.FAILED else None
        yield make_render(
            count=max(1, said.many),
            state=state,
            prompt=said.prompt,
            negative_prompt=said.words,
            failure=failure,
        )


ASK = Ask(
    event_id="x", origin=Origin.COMMAND, workspace="T1", user="U0ADA", channel="C0TOYS", at=NOW
)


def queue(said: Written) -> QueueView:
    job, render = make_job(owner=LIN), make_render(prompt=said.prompt, owner=LIN)
    return QueueView((job,) * said.many, (render,) * said.many)


def of_jobs(words: Words, said: Written) -> Iterator[Sent]:
    for job in jobs(said):
        for shown in (None, CardPicture("F1", "Preview")):
            yield Sent(job_card(words, job, shown), summary(words, job))
        yield Sent(text=texts.ready(words, job))
        yield Sent(text=texts.failed(words, job))
        yield Sent(text=texts.cancelled(words, job), public=False)


def of_renders(words: Words, said: Written) -> Iterator[Sent]:
    for render in renders(said):
        files = {one.index: f"F{one.index}" for one in render.pictures}
        yield Sent(render_status(words, render), asked(words, render))
        yield Sent(pictures_message(words, render, files), asked(words, render))
        yield Sent(pictures_message(words, render, {}), asked(words, render))
        yield Sent(recipe_blocks(words, render), recipe_summary(words, render), public=False)
        yield Sent(pictures_deleted(words, render, ADA.user), pictures_deleted_text(words, render))


def of_concepts(words: Words, said: Written) -> Iterator[Sent]:
    one = concept(said, said.many)
    line, card = texts.concept_line(words, one), concept_card(words, one, ["F1", "F2"])
    many = concept_list(words, [concept(said, number) for number in range(said.many)])
    for text, blocks in ((line, card), (many, []), (queue_list(words, queue(said), ASK), [])):
        yield Sent(blocks, text, public=False)
        yield Sent(quiet(words, blocks, ADA.user), quiet_text(words, text, ADA.user))


def of_errors(words: Words, said: Written) -> Iterator[Sent]:
    for code in ErrorCode:
        error = BackendError(code, said.words, said.prompt, (said.name,), by=LIN, case="other")
        yield Sent(text=quiet_text(words, texts.of_error(words, error), ADA.user))
        yield Sent([section(texts.of_error(words, error))], public=False)
    facts: dict[str, Fact] = {"token": said.name, "near": AnyOf((said.words, said.prompt))}
    error = BackendError(ErrorCode.UNKNOWN_TOKEN, "x", "y", case="untaught-near", facts=facts)
    yield Sent([section(texts.of_error(words, error))])
    yield Sent(text=texts.left_out(words, [said.name] * said.many))
    problems = [said.name] * said.many
    sheet = sheet_message(words, f"<{said.name[:40]}>", 3, problems, "F1", "draft1")
    yield Sent(sheet, question(words, f"<{said.name[:40]}>", 3, problems), public=False)
    steps = checkpoint_message(words, "<toy>", "job1", [*range(said.many + 1)], "F1")
    yield Sent(steps, public=False)
    yield Sent(text=words.mrkdwn("help"))


def of_views(words: Words, said: Written) -> Iterator[Sent]:
    where = FormContext(channel="C0TOYS", thread="1.2", message="1.3")
    for more in (False, True):
        asked_for = PromptContext(channel="C0TOYS", more=more)
        wish = Imagine(prompt=said.prompt, negative=said.words)
        if fits_in_form(wish):
            yield Sent(view=prompt_form(words, asked_for, wish, LIMITS), public=False)
        yield Sent(view=teach_modal(words, where, None, advanced=more), public=False)
        yield Sent(view=teach_modal(words, where, said.many, advanced=more), public=False)
    yield Sent(view=defaults_modal(words, Defaults()), public=False)
    for most in (None, 0, 1_000_000, 10**12):
        rules = Rules(open_jobs=most, renders_a_day=most, pictures_an_hour=most)
        yield Sent(view=limits_modal(words, rules), public=False)
    yield Sent(view=closed_home(words, texts.left_out(words, [said.prompt])), public=False)
    yield Sent(
        view=message_modal(words, "No pictures", texts.left_out(words, [said.prompt])), public=False
    )
    concepts = [concept(said, number) for number in range(said.many)]
    samples = {one.token: "F1" for one in concepts}
    drawn = tuple(renders(said))
    for page in (0, 3):
        facts = HomeFacts(
            person=ADA,
            queue=queue(said),
            concepts=concepts,
            page=page,
            samples=samples,
            recent=drawn,
            pictures={one.id: "F2" for one in drawn},
            is_admin=True,
            health=HealthView(2, 1, 0, 0, 0, 0, 0),
        )
        yield Sent(view=home(words, facts), public=False)


BUILDERS: Mapping[str, Callable[[Words, Written], Iterator[Sent]]] = {
    "jobs": of_jobs,
    "renders": of_renders,
    "concepts": of_concepts,
    "errors": of_errors,
    "views": of_views,
}


def mrkdwn_in(thing: object) -> Iterator[dict[str, Any]]:
    """Every mrkdwn object in JSON."""
    if isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            yield thing
        for value in thing.values():
            yield from mrkdwn_in(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from mrkdwn_in(value)


def check_words(text: str, public: bool) -> None:
    """In angle brackets there are people only; in public, only who asked; each `&` is escaped."""
    people = rf"<@{ADA.user}>" if public else r"<@[UW][A-Z0-9]+>"
    assert re.sub(people, "", text).count("<") == 0, text[-200:]
    assert re.sub(people, "", text).count(">") == text.count("\n> ")
    assert not re.search(r"&(?!(amp|lt|gt);)", text), text[-200:]


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh-Hans"])
@pytest.mark.parametrize("builder", BUILDERS)
@settings(max_examples=25)
@given(said=WRITTEN)
def test_what_is_sent_is_valid_and_calls_nobody_else(
    builder: str, words: Words, said: Written
) -> None:
    for sent in BUILDERS[builder](words, said):
        blocks = [block.to_dict() for block in sent.blocks]
        view = None if sent.view is None else sent.view.to_dict()
        assert check_message_blocks(blocks) == []
        assert view is None or check_view(view) == []
        for one in mrkdwn_in([*blocks, view]):
            assert one.get("verbatim") is True
            check_words(one["text"], sent.public)
        if sent.text is not None:
            text = message_text(sent.text)
            assert 0 < len(text) <= LONGEST_TEXT
            check_words(text, sent.public)


def test_in_public_nobody_but_who_asked_is_called() -> None:
    of_lin = replace(make_concept(), owner=LIN)
    line = texts.concept_line(EN, of_lin)
    assert "<@U0LIN>" in line
    assert "<@U0LIN>" in quiet_text(EN, line, LIN.user)
    assert "taught by a teammate" in quiet_text(EN, line, ADA.user)
    card = concept_card(EN, of_lin, [])
    assert "<@U0LIN>" not in str([one.to_dict() for one in quiet(EN, card, ADA.user)])
    assert "<@U0LIN>" in str([one.to_dict() for one in card])


def test_who_is_called_is_called_whole_or_not_at_all() -> None:
    for length in range(2950, 3010):
        (title, *_) = pictures_message(EN, make_render(prompt="x" * length), {})
        check_words(title.to_dict()["text"]["text"], public=True)
