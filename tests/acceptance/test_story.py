"""Five pictures in, pictures of the token out, judged by what they show."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from backend.picture_file import read_recipe
from cluster.embedding_file import read_embedding
from cluster.run_dir import RunDir
from demo.house import MODEL, House
from demo.person import Message, Person, pictures_of, words_of
from demo.samples import held_out
from demo.story import PROMPT, TOKEN, imagine, save_pictures, teach
from demo.toybox.classifier import Classifier
from demo.toybox.scoring import score
from demo.toybox.toy import Place
from tests.answers import answer_to
from tests.contract.workspace_kit import eventually

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(1800),
]

SHARE_TO_CLOSE = 0.5
"""Share of the gap between the initializer's loss and the best caption's that a learned token must
close on 16 pictures it has not seen. Half is what the product promises. What the demo's settings
reach was measured with `python -m demo.toybox score`: 0.80, standard error 0.02; with one row
instead of three, other toys reached 0.6 to 0.85."""

PICTURES, RIGHT_PLACES, SEED = 8, 6, 7
"""Of 48 pictures that such a concept was drawn in at the beach, 47 were seen there. Of eight, three
are then elsewhere once in 2,500 times; of a concept that drowns out every second place, six of
eight are right in one run of seven, and of one that drowns out all, in nine of a hundred thousand.
The seeds are always the same."""


@pytest.fixture(scope="module")
def taught() -> list[str]:
    """What the first test leaves for the others: the card's ts."""
    return []


async def test_a_word_is_taught_and_drawn(
    house: House, ada: Person, samples: tuple[Path, ...], tmp_path: Path, taught: list[str]
) -> None:
    card = await teach(ada, samples, print)
    taught.append(card["ts"])
    message = await imagine(ada, f"{PROMPT} --n {PICTURES} --seed {SEED}", print)
    files = await save_pictures(ada, message, tmp_path)
    assert len(files) == PICTURES

    recipes = [read_recipe(file) for file in files]
    assert len({recipe.seed for recipe in recipes if recipe}) == PICTURES
    assert {recipe.prompt for recipe in recipes if recipe} == {PROMPT}

    pictures = [Image.open(file).convert("RGB") for file in files]
    assert Classifier(MODEL).place(pictures).count(Place.BEACH) >= RIGHT_PLACES

    # The house has other people's concepts too.
    kept = (house.folder.absolute() / "data" / "concepts").rglob("*.safetensors")
    (learned,) = (found for found in map(read_embedding, kept) if found.token == TOKEN)
    found = score(MODEL, held_out(16), learned, "toy")
    print(found)
    assert found.share is not None, "the best caption must explain the toy better than its kind"
    assert found.share.value >= SHARE_TO_CLOSE


async def test_the_card_was_one_message_with_a_preview(ada: Person, taught: list[str]) -> None:
    cards = [m for m in await ada.all_messages() if m["ts"] == taught[0]]
    assert len(cards) == 1
    others = [
        m
        for m in await ada.messages()
        if m.get("bot_id") and TOKEN in words_of(m) and "ready" in words_of(m).lower()
    ]
    assert [m["ts"] for m in others] == taught


async def test_it_can_be_asked_for_in_a_thread(ada: Person, taught: list[str]) -> None:
    root = await ada.say("who wants to see it?")
    await ada.say(f"<@U0FIGMENT> imagine a {TOKEN} in the snow --n 2", thread=root)
    reply = await ada.wait_for(
        lambda m: m.get("thread_ts") == root and len(pictures_of(m)) == 2, 600, "pictures"
    )
    assert "snow" in words_of(reply)


async def test_the_word_survives_a_restart(house: House, ada: Person, taught: list[str]) -> None:
    await house.stop_bot()
    await house.start_bot()
    message = await imagine(ada, f"a {TOKEN} in the forest --n 2 --seed 5", print)
    assert len(pictures_of(message)) == 2


async def nothing_is_owed(house: House) -> None:
    """Wait until all that was to be told in Slack is told: what comes twice has come by then."""
    database = f"file:{house.folder.absolute() / 'data' / 'figment.db'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as store:

        async def all_is_told() -> bool:
            owed = store.execute("select 1 from outbox where due_at is not null limit 1")
            return not owed.fetchall()

        await eventually(all_is_told, seconds=1500)


async def test_a_killed_bot_forgets_nothing(house: House, ada: Person, taught: list[str]) -> None:
    before = {m["ts"] for m in await ada.all_messages()}
    await ada.command("/imagine", f"a {TOKEN} in the city --n 2")
    await house.kill_bot()
    await asyncio.sleep(1)
    await house.start_bot()
    message = await ada.wait_for(
        lambda m: m["ts"] not in before and len(pictures_of(m)) == 2, 600, "pictures"
    )
    await nothing_is_owed(house)
    twice = [
        m for m in await ada.all_messages() if m["ts"] not in before and len(pictures_of(m)) == 2
    ]
    assert [m["ts"] for m in twice] == [message["ts"]]


async def test_a_word_that_is_taken_is_refused(
    ada: Person, samples: tuple[Path, ...], taught: list[str]
) -> None:
    said = await answer_to(ada, lambda: ada.upload(samples, f"<@U0FIGMENT> teach {TOKEN} as toy"))
    assert f"{TOKEN} was taught already" in said
    assert len([m for m in await ada.all_messages() if m["ts"] == taught[0]]) == 1


async def test_a_misspelled_word_is_met_with_the_near_one(ada: Person, taught: list[str]) -> None:
    said = await answer_to(ada, lambda: ada.command("/imagine", "a <dico> at the beach"))
    assert "Nobody has taught <dico>" in said
    assert TOKEN in said


async def test_a_training_goes_on_while_the_bot_is_killed(
    house: House, ada: Person, samples: tuple[Path, ...], taught: list[str]
) -> None:
    await ada.upload(samples, "<@U0FIGMENT> teach <orphan> as toy")

    def card_says(what: str) -> Callable[[Message], bool]:
        return lambda m: "<orphan>" in words_of(m) and what in words_of(m)

    card = await ada.wait_for(card_says("step "), 600, "the first steps")
    await house.kill_bot()
    runs = house.folder.absolute() / "data" / "runs"
    run = max((RunDir(path) for path in runs.iterdir() if path.is_dir()), key=_launched_at)
    steps = len(run.progress())
    async with asyncio.timeout(600):
        while len(run.progress()) < steps + 5:  # noqa: ASYNC110 - another process writes it
            # It does not need the bot.
            await asyncio.sleep(0.1)
    await house.start_bot()
    # Its other steps would show no more.
    run.ask_to_stop_and_keep()
    ready = await ada.wait_for(card_says("is ready"), 600, "the word to be ready")
    assert ready["ts"] == card["ts"], "the same card goes on"
    assert len([path for path in runs.iterdir() if path.name.startswith(run.path.name)]) == 1


def _launched_at(run: RunDir) -> float:
    record = run.launch_record()
    return 0.0 if record is None else record.started_at
