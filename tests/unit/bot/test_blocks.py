"""Messages stay within Slack's limits, whatever people write, and show it as written."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from backend.jobs import JobState, RenderState
from backend.notes import Note, of_host, of_picture
from backend.recipe import Recipe
from backend.views import Failure
from bot.action_ids import Action, Field
from bot.blocks.concept_card import concept_card
from bot.blocks.job_card import CardPicture, job_card, summary
from bot.blocks.kit import clip, code, escape, header, section
from bot.blocks.modals import FormContext
from bot.blocks.render_messages import pictures_message, render_status
from bot.blocks.teach_form import teach_modal
from cluster.fit_hosts import LeftOutHost
from cluster.pictures import PictureProblem, PictureProblemCode
from cluster.run_dir import Scores
from cluster.told import Told
from demo.workspace.block_rules import check_message_blocks, check_view
from tests.unit.bot.made import EN, ZH, make_concept, make_job, make_render

HOSTILE = "<!channel> & <https://evil.example|x> *bold* `code`" * 200


def sent(blocks: list[Block]) -> list[dict[str, Any]]:
    """The blocks as they are sent, checked against Slack's rules."""
    shown = [dict(block.to_dict()) for block in blocks]
    assert check_message_blocks(shown) == []
    return shown


def actions(shown: list[dict[str, Any]]) -> dict[str, str]:
    return {
        one["action_id"]: one.get("value", "")
        for block in shown
        if block["type"] == "actions"
        for one in block["elements"]
    }


def words(thing: object) -> str:
    """All mrkdwn in it."""
    if isinstance(thing, dict):
        own = thing["text"] if thing.get("type") == "mrkdwn" else ""
        return str(own) + "\n" + "".join(words(value) for value in thing.values())
    return "".join(words(one) for one in thing) if isinstance(thing, list) else ""


@pytest.mark.parametrize("state", JobState)
def test_a_card_in_every_state(state: JobState) -> None:
    job = make_job(state=state, notes=(Note("a.png is not a picture."),), concept=make_concept())
    shown = sent(job_card(EN, job, CardPicture("F1", "Preview")))
    cancellable = state in (JobState.QUEUED, JobState.PREPARING, JobState.RUNNING)
    names = [Action.JOB_CANCEL] if cancellable else []
    names += {
        JobState.RUNNING: [Action.JOB_KEEP],
        JobState.READY: [Action.JOB_TRY, Action.JOB_LONGER],
        JobState.FAILED: [Action.JOB_RETRY],
    }.get(state, [])
    expected = dict.fromkeys(names, job.id)
    assert actions(shown) == expected
    assert "a.png is not a picture" in words(shown)
    assert "&lt;dicoo&gt;" in summary(EN, job)


def test_a_running_card_says_how_far_it_is() -> None:
    text = words(sent(job_card(EN, make_job(), None)))
    for part in ("25 %", "step 50 of 200", "about 2 min left", "loss 0.0612", "0.0609", "\u2588"):
        assert part in text


def test_the_card_of_a_finished_job_tells_its_scores() -> None:
    scores = Scores(editability=0.75, clip_image=0.8, clip_text=0.31)
    ready = make_job(state=JobState.READY, concept=make_concept(scores=scores))
    text = words(sent(job_card(EN, ready, None)))
    assert "places kept in 75% · CLIP-I 0.80, CLIP-T 0.31" in text
    running = make_job(concept=make_concept(scores=scores))
    assert "places kept" not in words(sent(job_card(EN, running, None)))


def test_a_failed_card_says_why_and_where() -> None:
    failure = Failure("out_of_memory", "A rank ran out of memory.", "Use less.", "xeon-3")
    text = words(sent(job_card(EN, make_job(state=JobState.FAILED, failure=failure), None)))
    assert "A rank ran out of memory. (on xeon-3) Use less." in text


def test_a_failed_card_shows_the_end_of_the_log_and_names_the_host_once() -> None:
    log = "\n".join([f"line {n}" for n in range(9)] + ["x" * 5000, "</pre>```"])
    failure = Failure("rank_lost", "Rank 3 on xeon-3 was killed.", "", "xeon-3", log)
    text = words(sent(job_card(EN, make_job(state=JobState.FAILED, failure=failure), None)))
    assert text.count("xeon-3") == 1
    assert "line 8" in text
    assert "line 0" not in text
    assert text.count("```") == 2
    assert len(text) < 1500


@pytest.mark.parametrize("state", RenderState)
def test_a_render_in_every_state(state: RenderState) -> None:
    render = make_render(state=state, prompt=HOSTILE)
    status = sent(render_status(EN, render))
    is_open = state in (RenderState.QUEUED, RenderState.DRAWING)
    assert (Action.RENDER_CANCEL in actions(status)) == is_open
    message = sent(pictures_message(EN, render, {0: "F1", 1: "F2"}))
    found = actions(message)
    for action in (Action.RENDER_AGAIN, Action.RENDER_EDIT, Action.RENDER_RECIPE):
        assert found[action] == render.id
    assert found[f"{Action.PICTURE_VARY}.1"] == f"{render.id}/1"


def test_pictures_come_with_their_whole_recipe() -> None:
    render = make_render(negative_prompt="dark <things>")
    message = sent(pictures_message(EN, render, {0: "F1", 1: "F2"}))
    pictures = [block for block in message if block["type"] == "image"]
    assert [one["slack_file"]["id"] for one in pictures] == ["F1", "F2"]
    assert [one["title"]["text"] for one in pictures] == ["1 · seed 7", "2 · seed 8"]
    text = words(message)
    for part in (
        "a &lt;dicoo&gt; at the beach",
        "seed 7 to 8",
        "20 steps",
        "ddim",
        "guidance 7.5",
        "512 x 512",
        "&lt;dicoo&gt; v3",
        "not: dark &lt;things&gt;",
    ):
        assert part in text


def test_what_most_pictures_do_without_is_said_where_it_is_used() -> None:
    plain = words(sent(pictures_message(EN, make_render(), {0: "F1"})))
    further = {
        "guidance_until": 0.5,
        "start": {"sha256": "ab" * 32, "strength": 0.6},
        "variation": {"seed": 9, "strength": 0.2},
        "upscale": "lanczos",
    }
    pictures = tuple(
        replace(
            one,
            seed=7,
            recipe=Recipe.model_validate({**one.recipe.model_dump(mode="json"), **further}),
        )
        for one in make_render().pictures
    )
    varied = words(sent(pictures_message(EN, make_render(pictures=pictures), {0: "F1"})))
    for part in (
        "guidance until 50% of the steps",
        "begun from a picture, strength 0.6",
        "variations of one seed, strength 0.2",
        "upscaled to twice the size",
    ):
        assert part in varied
        assert part not in plain
    assert "seed 7 · " in varied


def test_pictures_that_were_held_back_are_owned_up_to() -> None:
    render = make_render()
    held = tuple(
        type(one)(one.index, one.seed, None, one.recipe, held_back=True) for one in render.pictures
    )
    text = words(sent(pictures_message(EN, make_render(pictures=held), {})))
    assert "2 pictures held back" in text


def test_what_a_job_goes_on_without_is_said_in_the_readers_language() -> None:
    problem = PictureProblem(
        "a.png",
        PictureProblemCode.NEAR_DUPLICATE,
        "a.png shows the same as b.png.",
        Told("bad_pictures", "near-duplicate", {"name": "a.png", "twin": "b.png"}),
    )
    host = LeftOutHost("xeon-3", "Nothing answers. Look at its sshd.")
    job = make_job(notes=(of_picture(problem), of_host(host), Note("kept long ago.")))
    english, chinese = words(sent(job_card(EN, job, None))), words(sent(job_card(ZH, job, None)))
    assert "Left out: a.png shows the same as b.png." in english
    assert "Left out: xeon-3. Nothing answers. Look at its sshd." in english
    assert "shows the same" not in chinese
    assert "Nothing answers" not in chinese
    for one in ("a.png", "b.png", "xeon-3", "kept long ago."):
        assert one in chinese


def test_what_people_write_names_nobody_and_links_nowhere() -> None:
    failure = Failure("x", HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    job = make_job(
        state=JobState.FAILED, failure=failure, initializer=HOSTILE, notes=(Note(HOSTILE),)
    )
    everything = [
        sent(job_card(EN, job, None)),
        sent(pictures_message(EN, make_render(prompt=HOSTILE, negative_prompt=HOSTILE), {0: "F1"})),
        sent(concept_card(EN, make_concept(initializer=HOSTILE), ["F1"])),
    ]
    text = words(everything)
    assert "<!channel>" not in text
    assert "<https" not in text
    assert "&lt;!channel&gt;" in text


@pytest.mark.parametrize("pictures", [None, 5])
def test_the_form_to_teach(pictures: int | None) -> None:
    view = teach_modal(EN, FormContext(channel="C1", message="1.2"), pictures).to_dict()
    assert check_view(view) == []
    ids = [block.get("block_id") for block in view["blocks"]]
    assert (Field.FILES in ids) == (pictures is None)
    assert FormContext.model_validate_json(view["private_metadata"]).message == "1.2"


@given(st.text(min_size=1), st.integers(2, 60))
def test_a_clipped_text_is_no_longer_than_that_and_ends_in_no_broken_escape(
    text: str, most: int
) -> None:
    short = clip(escape(text), most)
    assert len(short) <= most
    tail = short.rstrip("\u2026").rpartition("&")
    assert not tail[1] or ";" in tail[2]


@given(st.text(min_size=1, max_size=400))
def test_any_text_makes_a_valid_block(text: str) -> None:
    assert check_message_blocks([section(escape(f"x{text}")).to_dict()]) == []
    assert check_message_blocks([header(f"x{text}").to_dict()]) == []
    assert code(text).count("`") == 2
