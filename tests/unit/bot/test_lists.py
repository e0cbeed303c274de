"""Lists say what fits, and how much is left."""

from backend.people import Person, Place
from backend.views import QueueView
from bot.asks import Ask, Origin
from bot.blocks.kit import MESSAGE_TEXT
from bot.lists import concept_list, queue_list
from tests.unit.bot.made import ADA, EN, NOW, TOYS, make_concept, make_job, make_render

ASK = Ask(
    event_id="x",
    origin=Origin.COMMAND,
    workspace=ADA.workspace,
    user=ADA.user,
    channel=TOYS.channel,
    at=NOW,
)
LIN = Person("T1", "U0LIN")
ELSEWHERE = Place("T1", "D0LIN")


def test_a_queue_names_what_is_learned_and_what_is_drawn() -> None:
    queue = queue_list(EN, QueueView((make_job(),), (make_render(),)), ASK)
    assert "&lt;dicoo&gt;" in queue
    assert "a &lt;dicoo&gt; at the beach" in queue


def test_others_do_not_read_what_was_asked_for_elsewhere() -> None:
    render = make_render(prompt="a card for Bob", owner=LIN, place=ELSEWHERE)
    queue = queue_list(EN, QueueView((), (render,)), ASK)
    assert "Bob" not in queue
    assert LIN.user not in queue
    assert render.id[:8] in queue


def test_who_asked_elsewhere_reads_it_and_so_does_who_asks_there() -> None:
    mine = make_render(prompt="a card for Bob", place=ELSEWHERE)
    theirs = make_render(prompt="a card for Max", owner=LIN)
    queue = queue_list(EN, QueueView((), (mine, theirs)), ASK)
    assert "Bob" in queue
    assert "Max" in queue


def test_nothing_taught_is_said_with_how_to_begin() -> None:
    assert EN.mrkdwn("help") in concept_list(EN, [])
    assert concept_list(EN, [make_concept()]).count("\n") == 0


def test_what_does_not_fit_is_counted() -> None:
    many = [make_concept(token=f"<toy-{number}>") for number in range(100)]
    told = concept_list(EN, many)
    *lines, last = told.split("\n")
    assert len(told) <= MESSAGE_TEXT
    assert f"{100 - len(lines)} more" in last
    queue = queue_list(EN, QueueView((make_job(),) * 100, ()), ASK)
    assert f"{100 - queue.count(chr(10))} more" in queue


def test_what_fits_is_all_there_is() -> None:
    assert " more" not in concept_list(EN, [make_concept()] * 10)
