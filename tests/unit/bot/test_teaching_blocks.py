"""Cards, sheets and curves of jobs: what is shown, and what can be pressed."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.forecast import Forecast
from backend.jobs import JobState
from backend.picture_review import Tile, review_pictures
from backend.requests import IncomingPicture
from backend.views import CheckpointOf, DeliveryKind, VersionView
from bot.action_ids import Action, Field
from bot.asks import Ask, FileInfo, Origin
from bot.blocks.checkpoints import checkpoint_value, read_checkpoint_value
from bot.blocks.concept_card import concept_card
from bot.blocks.concept_versions import versions_card
from bot.blocks.contact_sheet import sheet_message
from bot.blocks.job_buttons import job_buttons
from bot.blocks.job_card import CardPicture, job_card
from bot.blocks.modals import FormContext
from bot.blocks.stages import Stage, stage_of
from bot.blocks.teach_form import teach_modal
from bot.calls import Calls
from bot.cards import Cards
from bot.contact_sheet import contact_sheet
from bot.curve_picture import curve_picture, points_of
from bot.drafts import Drafts
from bot.form_values import FormError
from bot.sheets import Sheets
from bot.teach_numbers import teach_numbers
from bot.wishes import Teach
from bot.wishes_teaching import UseCheckpoint
from cluster.pictures import PictureProblem, PictureProblemCode
from cluster.told import Told
from demo.workspace.block_rules import check_message_blocks, check_view
from tests.fakes import FakeClock, FakeDebts, FakeSlack, slack_error
from tests.toy_pictures import colour_at, write_toy_pictures, write_wide_pictures
from tests.unit.bot.made import EN, NOW, make_concept, make_delivery, make_job
from tests.unit.bot.test_blocks import sent, words

RUNNING = make_job(state=JobState.RUNNING, step=0, curve=(), loss=None, eval_loss=None)


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"state": JobState.PREPARING}, Stage.PREPARE),
        ({}, Stage.HOSTS),
        ({"hosts": {"a": True, "b": False}}, Stage.HOSTS),
        ({"hosts": {"a": True, "b": True}}, Stage.TRAIN),
        ({"step": 3}, Stage.TRAIN),
        ({"step": 3, "evaluating": True}, Stage.EVALUATE),
        ({"state": JobState.READY}, Stage.READY),
        ({"state": JobState.FAILED, "hosts": {"a": False}}, Stage.HOSTS),
        ({"state": JobState.FAILED}, Stage.PREPARE),
    ],
)
def test_stages(changes: dict[str, object], stage: Stage) -> None:
    assert stage_of(replace(RUNNING, **changes)) is stage  # type: ignore[arg-type]


def test_hosts_tick_off() -> None:
    job = replace(RUNNING, hosts={"host-1": True, "host-2": False})
    text = words(sent(job_card(EN, job, None)))
    for part in ("\u2713 prepare", "\u25b8 hosts", "\u2713 host-1", "\u25cb host-2", "waiting for"):
        assert part in text


def test_a_run_is_stopped_only_where_there_is_something_to_keep() -> None:
    def names(**changes: object) -> list[str]:
        job = make_job(state=JobState.RUNNING, **changes)
        return [str(one.action_id) for one in job_buttons(EN, job)]

    assert names(step=0) == [Action.JOB_CANCEL]
    assert names(step=5) == [Action.JOB_KEEP, Action.JOB_CANCEL]
    assert names(step=5, keep_asked=True) == [Action.JOB_CANCEL]
    assert names(step=5, evaluating=True) == [Action.JOB_CANCEL]


def test_an_outlook_is_told_only_where_there_is_one() -> None:
    waiting = make_job(state=JobState.QUEUED, queue_position=2)
    assert "ready in" not in words(sent(job_card(EN, waiting, None)))
    told = make_job(
        state=JobState.QUEUED, queue_position=2, forecast=Forecast(120.0, 300.0, jobs=7)
    )
    text = words(sent(job_card(EN, told, None)))
    for part in ("last 7 jobs", "begins in about 2 min", "ready in about 5 min or earlier"):
        assert part in text


def test_a_drawn_curve_takes_the_place_of_the_columns_and_says_so_in_words() -> None:
    job = make_job(curve=(0.07, 0.065, 0.061, 0.0609))
    drawn = sent(job_card(EN, job, None, CardPicture("F2", "Evaluation loss")))
    assert "\u2588" not in words(drawn)
    [image] = [block for block in drawn if block["type"] == "image"]
    assert "from 0.0700, best 0.0609" in image["alt_text"]
    assert "\u2588" in image["alt_text"]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40))
def test_every_value_of_a_curve_lies_in_its_box_in_order(values: list[float]) -> None:
    places = points_of(values, (100, 50))
    assert len(places) == len(values)
    assert all(-1e-6 <= x <= 100 + 1e-6 and -1e-6 <= y <= 50 + 1e-6 for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)


def test_a_curve_is_drawn() -> None:
    for values in ((0.1,), (0.2, 0.2, 0.2), (0.3, 0.2, 0.25, 0.1)):
        picture = curve_picture(EN, values)
        assert picture.size == (480, 200)
        assert len(picture.getcolors(picture.width * picture.height) or ()) > 3


def _incoming(paths: tuple[Path, ...]) -> list[IncomingPicture]:
    return [IncomingPicture(path.name, path, f"slack:{path.name}") for path in paths]


def test_a_review_shows_what_training_sees_and_names_what_is_wrong(tmp_path: Path) -> None:
    wide = write_wide_pictures(tmp_path / "wide", 2)
    twin = tmp_path / "twin.png"
    twin.write_bytes(wide[0].read_bytes())
    small = tmp_path / "small.png"
    Image.new("RGB", (20, 20), "red").save(small)
    diary = tmp_path / "diary.png"
    diary.write_bytes(b"dear diary")
    review = review_pictures(_incoming((wide[0], diary, twin, wide[1], small)), 32, True)
    assert [one.name for one in review.good] == ["toy-0.png", "toy-1.png"]
    problems = [tile.problem for tile in review.tiles]
    assert [problem is None for problem in problems] == [True, False, False, True, False]
    assert "not a picture" in str(problems[1])
    assert "same as toy-0.png" in str(problems[2])
    assert "20 x 20" in str(problems[4])
    first = review.tiles[0].image
    assert first is not None
    assert colour_at(first, 1, 96)[:2] != (255, 0), "its red edges are cut off"
    assert review.tiles[1].image is None


def test_a_sideways_photograph_is_shown_upright(tmp_path: Path) -> None:
    path = tmp_path / "sideways.jpg"
    picture = Image.new("RGB", (96, 96), "white")
    picture.paste("black", (0, 0, 48, 96))
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned a quarter to the right when it is shown.
    picture.save(path, exif=exif)
    [tile] = review_pictures(_incoming((path,)), 32, True).tiles
    assert tile.image is not None
    assert max(colour_at(tile.image, 96, 10)) < 60, "the left half has become the upper one"
    assert min(colour_at(tile.image, 96, 180)) > 200


@pytest.mark.parametrize("number", [1, 5, 6, 20])
def test_a_sheet_has_room_for_all(number: int, tmp_path: Path) -> None:
    [path] = write_toy_pictures(tmp_path, 1)
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    bad = PictureProblem("3.png", PictureProblemCode.UNREADABLE, "It is bad.", Told("bad"))
    tiles = [
        Tile(f"{n}.png", image if n % 2 else None, bad if n == 3 else None) for n in range(number)
    ]
    sheet = contact_sheet(EN, tiles)
    assert sheet.width <= 5 * 204 + 12
    assert sheet.height == -(-number // 5) * (204 + 26) + 12


@given(st.integers(2, 20), st.lists(st.text(max_size=300), max_size=20))
def test_the_question_back_is_a_valid_message(good: int, problems: list[str]) -> None:
    blocks = sheet_message(EN, "<dicoo>", good, problems, "F1", "d" * 24)
    shown = [dict(block.to_dict()) for block in blocks]
    assert check_message_blocks(shown) == []
    said = str(shown)
    assert f"Teach with these {good}" in said
    assert "<dicoo>" not in words(shown)


@pytest.mark.parametrize("advanced", [False, True])
def test_the_form_unfolds(advanced: bool) -> None:
    context = FormContext(channel="C1", message="1.2")
    view = teach_modal(EN, context, 4, advanced).to_dict()
    assert check_view(view) == []
    ids = [block.get("block_id") for block in view["blocks"]]
    assert (Field.VECTORS in ids) == advanced
    told = FormContext.model_validate_json(view["private_metadata"])
    assert (told.pictures, told.channel) == (4, "C1")


def test_numbers_of_the_form() -> None:
    values = {
        "training_steps": {"training_steps": {"value": "300"}},
        "learning_rate": {"learning_rate": {"value": "0.02"}},
        "vectors": {"vectors": {"value": None}},
    }
    assert teach_numbers(values) == {
        "max_steps": 300,
        "learning_rate": 0.02,
        "vectors": None,
        "repeats": None,
    }
    with pytest.raises(FormError, match="vectors"):
        teach_numbers({"vectors": {"vectors": {"value": "many"}}})


async def test_a_draft_survives_a_restart_until_it_is_answered(
    debts: FakeDebts, clock: FakeClock
) -> None:
    ask = Ask(event_id="x", origin=Origin.COMMAND, workspace="T1", user="U1", channel="C1", at=NOW)
    drafts = Drafts(debts, clock)
    wish = Teach(name="<dicoo>", word="toy")
    draft = await drafts.keep(ask, wish, [FileInfo(id="F1")])
    assert (await drafts.keep(ask, wish, [FileInfo(id="F1")])).id == draft.id
    assert len(debts.kept) == 1
    after = Drafts(debts, clock)
    await after.restore(list(debts.kept.values()))
    assert after.of(draft.id) == draft
    await after.forget(draft.id)
    assert after.of(draft.id) is None
    assert debts.settled == list(debts.kept)
    clock.go_on(40 * 24 * 3600)
    late = Drafts(debts, clock)
    await late.restore(list(debts.kept.values()))
    assert late.of(draft.id) is None, "nobody answers a question that old"


async def test_what_is_too_old_to_be_answered_is_let_go_with_its_sheet(
    debts: FakeDebts, clock: FakeClock
) -> None:
    ask = Ask(
        event_id="x", origin=Origin.COMMAND, workspace="T1", user="U1", channel="C1", at=clock()
    )
    draft = await Drafts(debts, clock).keep(ask, Teach(name="<dicoo>", word="toy"), [], "F7")
    clock.go_on(40 * 24 * 3600)
    late = Drafts(debts, clock)
    await late.restore(list(debts.kept.values()))
    assert late.of(draft.id) is None
    assert late.outdated("T2") == ()
    [outdated] = late.outdated("T1")
    assert outdated.sheet == "F7"
    assert debts.settled == [], "its sheet is in Slack yet"
    await late.forget(outdated.id)
    assert late.outdated("T1") == ()


@pytest.mark.parametrize("sheet", [None, "F7"])
def test_an_option_of_a_sheet_knows_the_sheet(sheet: str | None) -> None:
    wish = read_checkpoint_value(checkpoint_value("j" * 32, 40, sheet))
    assert wish == UseCheckpoint(job_id="j" * 32, step=40, sheet=sheet)


async def test_a_sheet_that_cannot_be_removed_is_no_trouble(calls: Calls, slack: FakeSlack) -> None:
    slack.troubles["files.delete F7"] = [slack_error("file_not_found")]
    await Sheets(calls).remove("F7")
    await Sheets(calls).remove(None)
    assert slack.calls == ["files.delete F7"]


async def test_a_card_shows_its_pictures_until_there_is_a_preview(
    debts: FakeDebts, calls: Calls, slack: FakeSlack, clock: FakeClock, tmp_path: Path
) -> None:
    cards = Cards(debts, calls, EN, 20.0, lambda: clock.now.timestamp())
    job = make_job(state=JobState.QUEUED, curve=())
    debts.views[job.id] = job
    debts.sheets[job.id] = (Tile("a.png", Image.new("RGB", (8, 8))),)

    async def images(receipt: str | None) -> tuple[str, list[str]]:
        told = await cards.deliver(make_delivery(DeliveryKind.CARD, job.id, receipt=receipt))
        blocks = [dict(block.to_dict()) for block in slack.messages[str(told.ts)]["blocks"]]
        return str(told.ts), [b["slack_file"]["id"] for b in blocks if b["type"] == "image"]

    ts, shown = await images(None)
    assert shown == ["F1"]
    assert (await images(ts))[1] == ["F1"]
    preview = tmp_path / "step-1.png"
    preview.write_bytes(b"png")
    debts.views[job.id] = make_job(preview=preview, curve=(0.4, 0.3, 0.2, 0.1))
    assert (await images(ts))[1] == ["F2", "F3"]
    assert slack.calls[-1] == "files.delete F1"
    debts.views[job.id] = make_job(preview=preview, curve=(0.4, 0.3, 0.2, 0.1, 0.09))
    assert (await images(ts))[1] == ["F2", "F3"], "a new point alone is not uploaded so soon"
    clock.go_on(25)
    assert (await images(ts))[1] == ["F2", "F4"]
    ready = make_job(state=JobState.READY, concept=make_concept(), curve=(0.4, 0.3, 0.2, 0.1, 0.05))
    debts.views[job.id] = ready
    assert (await images(ts))[1][-1] == "F5", "the end is shown at once"


async def test_a_second_attempt_is_announced_too(
    debts: FakeDebts, calls: Calls, clock: FakeClock
) -> None:
    cards = Cards(debts, calls, EN, 20.0, lambda: clock.now.timestamp())
    for attempt in (1, 2):
        job = make_job(state=JobState.FAILED, attempt=attempt)
        debts.views[job.id] = job
        await cards.deliver(make_delivery(DeliveryKind.CARD, job.id, receipt=None))
    assert len(debts.notes) == 2


def test_the_card_of_a_deleted_concept_has_no_buttons() -> None:
    job = make_job(state=JobState.READY, concept=None, ended_at=NOW)
    blocks = sent(job_card(EN, job, None))
    assert job_buttons(EN, job) == ()
    assert "<dicoo> was deleted" in str(blocks)
    assert "deleted later" in words(blocks)
    assert "/imagine" not in words(blocks)


def test_what_has_no_pictures_any_more_is_not_tried_again() -> None:
    assert len(job_buttons(EN, make_job(state=JobState.FAILED))) == 1
    assert job_buttons(EN, make_job(state=JobState.FAILED, pictures=())) == ()


async def test_the_end_of_a_concept_is_not_announced(
    debts: FakeDebts, calls: Calls, slack: FakeSlack, clock: FakeClock
) -> None:
    cards = Cards(debts, calls, EN, 20.0, lambda: clock.now.timestamp())
    job = make_job(state=JobState.READY, concept=None, curve=(0.4, 0.3, 0.2, 0.1))
    debts.views[job.id] = job
    await cards.deliver(make_delivery(DeliveryKind.CARD, job.id, receipt=None))
    assert debts.notes == {}
    assert slack.files == [], "what it looked like is not shown again"


def test_a_version_says_where_it_is_from() -> None:
    taken = make_concept(job_id=None, checkpoint=CheckpointOf("3" * 32, 40))
    [versions, card] = [
        words(sent(blocks))
        for blocks in (
            versions_card(EN, [VersionView(taken, taken.owner, True)]),
            concept_card(EN, taken, ()),
        )
    ]
    for said in (versions, card):
        assert "step 40 of job 33333333" in said
        assert "from a file" not in said
    assert "began as toy" in card
    brought = make_concept(job_id=None)
    assert "from a file" in words(sent(concept_card(EN, brought, ())))
