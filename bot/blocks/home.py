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
    mrkdwn,
    section,
    within,
)
from bot.blocks.progress import count
from bot.blocks.scores import score_facts

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


def home(facts: HomeFacts) -> View:
    """Return the App Home."""
    blocks: list[Block] = [
        header("Figment"),
        ActionsBlock(
            block_id="home.first",
            elements=[
                button("Teach a concept", Action.HOME_TEACH, "home", style="primary"),
                button("My settings", Action.SETTINGS_OPEN, "home"),
                *([button("Limits", Action.LIMITS_OPEN, "home")] if facts.is_admin else []),
            ],
        ),
        *_queue(facts),
        *_recent(facts),
        *_concepts(facts),
        *_health(facts.health),
        divider(),
        header("How it works"),
        section(texts.HELP),
    ]
    return View(type="home", blocks=within(blocks, HOME_BLOCKS))


def closed_home(why: Mrkdwn) -> View:
    """Return the App Home of somebody who may not use the bot."""
    return View(type="home", blocks=[header("Figment"), section(why)])


def _queue(facts: HomeFacts) -> list[Block]:
    jobs, renders = facts.queue.jobs, facts.queue.renders
    own = things_of(facts.queue, facts.person)
    blocks: list[Block] = [divider(), header("Queue")]
    for one in own[:_MOST_OWN]:
        if isinstance(one, JobView):
            line, action = texts.job_line(one), Action.JOB_CANCEL
        else:
            line, action = texts.render_line(one), Action.RENDER_CANCEL
        question = confirm("Cancel?", "It will not be finished.", "Cancel it", "Go on")
        blocks.append(section(line, button("Cancel", action, one.id, confirm=question)))
    left = len(jobs) + len(renders) - min(len(own), _MOST_OWN)
    if left:
        what = "more thing" if own else "thing"
        blocks.append(context(escape(f"{count(left, what)} in the queue of this workspace.")))
    elif not own:
        blocks.append(context(escape("Nothing waits, and nothing is being drawn or learned.")))
    return blocks


def _recent(facts: HomeFacts) -> list[Block]:
    if not facts.recent:
        return []
    blocks: list[Block] = [divider(), header("Your last pictures")]
    for number, render in enumerate(facts.recent[:MOST_RECENT]):
        name = mrkdwn("*{prompt}*", prompt=render.prompt[:_MOST_PROMPT])
        made = escape(f"{count(render.done, 'picture')} · {render.created_at:%d %B %Y}")
        blocks += [
            _with_picture(joined((name, made), "\n"), facts.pictures.get(render.id), render.prompt),
            ActionsBlock(
                block_id=f"recent.{number}",
                elements=[
                    button("Again", Action.RENDER_AGAIN, render.id),
                    button("Edit prompt", Action.RENDER_EDIT, render.id),
                    button("Recipe", Action.RENDER_RECIPE, render.id),
                ],
            ),
        ]
    return blocks


def _concepts(facts: HomeFacts) -> list[Block]:
    pages = pages_of(len(facts.concepts))
    page = min(max(0, facts.page), pages - 1)
    title = "Concepts" if pages == 1 else f"Concepts, page {page + 1} of {pages}"
    blocks: list[Block] = [divider(), header(title)]
    if not facts.concepts:
        blocks.append(section(escape("Nothing was taught here yet.")))
    for concept in on_page(facts.concepts, page):
        said = [f"version {concept.version}", *score_facts(concept.scores)]
        text = joined((texts.concept_line(concept), escape(" · ".join(said))), "\n")
        sample = facts.samples.get(concept.token)
        try_it = button("Try it", Action.JOB_TRY, concept.token)
        blocks += [
            _with_picture(text, sample, f"A sample of {concept.token}"),
            ActionsBlock(block_id=f"concept.{concept.token[:200]}", elements=[try_it]),
        ]
    turns: list[ButtonElement] = []
    if page > 0:
        turns.append(button("Newer ones", f"{Action.HOME_PAGE.value}.newer", str(page - 1)))
    if page + 1 < pages:
        turns.append(button("Older ones", f"{Action.HOME_PAGE.value}.older", str(page + 1)))
    if turns:
        blocks.append(ActionsBlock(block_id="home.pages", elements=turns))
    return blocks


def _health(health: HealthView | None) -> list[Block]:
    if health is None:
        return []
    failed = f"{count(health.jobs_failed, 'job')} and {count(health.renders_failed, 'render')}"
    lines = (
        f"{health.slots_in_use} of {count(health.slots, 'training slot')} in use, "
        f"{count(health.jobs_waiting, 'job')} waiting",
        f"{count(health.workers_drawing, 'worker')} drawing, "
        f"{count(health.pictures_waiting, 'picture')} waiting",
        f"{failed} of this workspace failed in the last day",
    )
    text = joined((Mrkdwn(f"• {escape(line)}") for line in lines), "\n")
    return [divider(), header("Cluster"), section(text)]


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
