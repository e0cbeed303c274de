"""The App Home: what is going on, somebody's own pictures, the concepts, how-to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ImageElement,
    MarkdownTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.views import View

from backend.people import Person
from backend.views import ConceptView, HealthView, JobView, QueueView, RenderView
from bot import texts
from bot.action_ids import Action
from bot.blocks.kit import (
    HOME_BLOCKS,
    SECTION_TEXT,
    Mrkdwn,
    button,
    clip,
    confirm,
    context,
    divider,
    escape,
    header,
    joined,
    section,
    within,
)
from bot.blocks.scores import score_facts
from bot.words import Words

CONCEPTS_A_PAGE = 12
MOST_RECENT = 6
_MOST_OWN = 8
_MOST_PROMPT = 160


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """All that a Home shows to a person. Pictures are ids of files in Slack.

    `samples` are by token, `pictures` by render; `health` is there for admins alone.
    """

    person: Person
    queue: QueueView
    concepts: Sequence[ConceptView] = ()
    page: int = 0
    samples: Mapping[str, str] = field(default_factory=dict)
    recent: Sequence[RenderView] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    is_admin: bool = False
    health: HealthView | None = None


def pages_of(concepts: int) -> int:
    """Return how many pages so many concepts take."""
    return max(1, -(-concepts // CONCEPTS_A_PAGE))


def on_page(concepts: Sequence[ConceptView], page: int) -> Sequence[ConceptView]:
    """Return the concepts of a page, newest first; beyond the last page there is the last."""
    newest = sorted(concepts, key=lambda one: (one.created_at, one.token), reverse=True)
    page = min(max(0, page), pages_of(len(newest)) - 1)
    return newest[page * CONCEPTS_A_PAGE : (page + 1) * CONCEPTS_A_PAGE]


def things_of(queue: QueueView, person: Person) -> list[JobView | RenderView]:
    """Return what of the queue is somebody's own."""
    everything: list[JobView | RenderView] = [*queue.jobs, *queue.renders]
    return [one for one in everything if one.owner == person]


def home(words: Words, facts: HomeFacts) -> View:
    """Return the App Home."""
    blocks: list[Block] = [
        header(words.text("home-title")),
        ActionsBlock(
            block_id="home.first",
            elements=[
                button(words.text("home-teach"), Action.HOME_TEACH, "home", style="primary"),
                button(words.text("home-settings"), Action.SETTINGS_OPEN, "home"),
                *_for_admins(words, facts.is_admin),
            ],
        ),
        *_queue(words, facts),
        *_recent(words, facts),
        *_concepts(words, facts),
        *_health(words, facts.health),
        divider(),
        header(words.text("home-how")),
        section(words.mrkdwn("help")),
    ]
    return View(type="home", blocks=within(blocks, HOME_BLOCKS))


def _for_admins(words: Words, is_admin: bool) -> list[ButtonElement]:
    return [button(words.text("home-limits"), Action.LIMITS_OPEN, "home")] if is_admin else []


def closed_home(words: Words, why: Mrkdwn) -> View:
    """Return the App Home of somebody who may not use the bot."""
    return View(type="home", blocks=[header(words.text("home-title")), section(why)])


def _queue(words: Words, facts: HomeFacts) -> list[Block]:
    jobs, renders = facts.queue.jobs, facts.queue.renders
    own = things_of(facts.queue, facts.person)
    blocks: list[Block] = [divider(), header(words.text("home-queue"))]
    for one in own[:_MOST_OWN]:
        if isinstance(one, JobView):
            line, action = texts.job_line(words, one), Action.JOB_CANCEL
        else:
            line, action = texts.render_line(words, one), Action.RENDER_CANCEL
        question = confirm(
            words.text("cancel-question"),
            words.text("home-cancel-what"),
            words.text("home-cancel-yes"),
            words.text("go-on"),
        )
        cancel = button(words.text("cancel"), action, one.id, confirm=question)
        blocks.append(section(line, cancel))
    left = len(jobs) + len(renders) - min(len(own), _MOST_OWN)
    if left:
        what = "home-more-things" if own else "home-things"
        blocks.append(context(words.mrkdwn(what, number=left)))
    elif not own:
        blocks.append(context(words.mrkdwn("home-idle")))
    return blocks


def _recent(words: Words, facts: HomeFacts) -> list[Block]:
    if not facts.recent:
        return []
    blocks: list[Block] = [divider(), header(words.text("home-recent"))]
    for number, render in enumerate(facts.recent[:MOST_RECENT]):
        name = words.mrkdwn("home-recent-prompt", prompt=render.prompt[:_MOST_PROMPT])
        made = words.mrkdwn(
            "home-recent-made", pictures=render.done, date=words.date(render.created_at)
        )
        blocks += [
            _with_picture(joined((name, made), "\n"), facts.pictures.get(render.id), render.prompt),
            ActionsBlock(
                block_id=f"recent.{number}",
                elements=[
                    button(words.text("again"), Action.RENDER_AGAIN, render.id),
                    button(words.text("edit-prompt"), Action.RENDER_EDIT, render.id),
                    button(words.text("recipe"), Action.RENDER_RECIPE, render.id),
                ],
            ),
        ]
    return blocks


def _concepts(words: Words, facts: HomeFacts) -> list[Block]:
    pages = pages_of(len(facts.concepts))
    page = min(max(0, facts.page), pages - 1)
    title = words.text("home-concepts")
    if pages > 1:
        title = words.text("home-concepts-page", page=page + 1, pages=pages)
    blocks: list[Block] = [divider(), header(title)]
    if not facts.concepts:
        blocks.append(section(words.mrkdwn("concepts-none")))
    for concept in on_page(facts.concepts, page):
        version = words.text("version", version=concept.version)
        said = words.text("list-dot").join((version, *score_facts(words, concept.scores)))
        text = joined((texts.concept_line(words, concept), escape(said)), "\n")
        sample = facts.samples.get(concept.token)
        try_it = button(words.text("home-try"), Action.JOB_TRY, concept.token)
        blocks += [
            _with_picture(text, sample, words.text("concept-sample", token=concept.token)),
            ActionsBlock(block_id=f"concept.{concept.token[:200]}", elements=[try_it]),
        ]
    turns: list[ButtonElement] = []
    if page > 0:
        newer = words.text("home-newer")
        turns.append(button(newer, f"{Action.HOME_PAGE.value}.newer", str(page - 1)))
    if page + 1 < pages:
        older = words.text("home-older")
        turns.append(button(older, f"{Action.HOME_PAGE.value}.older", str(page + 1)))
    if turns:
        blocks.append(ActionsBlock(block_id="home.pages", elements=turns))
    return blocks


def _health(words: Words, health: HealthView | None) -> list[Block]:
    if health is None:
        return []
    slots = words.text("health-slots", used=health.slots_in_use, slots=health.slots)
    jobs = words.text("health-jobs", jobs=health.jobs_waiting)
    workers = words.text("health-workers", workers=health.workers_drawing)
    pictures = words.text("health-pictures", pictures=health.pictures_waiting)
    failed = words.text("health-failed", jobs=health.jobs_failed, renders=health.renders_failed)
    lines = (
        words.mrkdwn("health-line", first=slots, second=jobs),
        words.mrkdwn("health-line", first=workers, second=pictures),
        words.mrkdwn("health-failed-line", failed=failed),
    )
    return [divider(), header(words.text("home-cluster")), section(joined(lines, "\n"))]


def _with_picture(text: Mrkdwn, file_id: str | None, alt: str) -> Block:
    """Return a paragraph with a small picture beside it."""
    if file_id is None:
        return section(text)
    return SectionBlock(
        text=MarkdownTextObject(text=clip(text, SECTION_TEXT), verbatim=True),
        accessory=ImageElement(
            slack_file=SlackFile(id=file_id), alt_text=clip(alt, 2000) or "picture"
        ),
    )
