"""Pictures, forms, recipes and Homes keep Slack's rules, whatever people write and however many."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.aspect import AspectRatio
from backend.jobs import RenderState
from backend.people import Person
from backend.recipe import Recipe, Sampler, Start, Upscaler, Variation
from backend.requests import RequestLimits
from backend.views import HealthView, PictureView, QueueView, RenderView
from bot.action_ids import Action, Field, picture_value, read_picture_value
from bot.blocks.home import CONCEPTS_A_PAGE, HomeFacts, home, on_page, pages_of
from bot.blocks.inputs import LONGEST_TEXT
from bot.blocks.prompt_form import PromptContext, prompt_form
from bot.blocks.recipe_text import imagine_line, recipe_blocks
from bot.blocks.render_messages import pictures_deleted, pictures_message, render_status
from bot.form_values import FormError
from bot.parse_imagine import parse_imagine
from bot.prompt_answers import read_prompt, typed_so_far
from bot.shown import Shown
from bot.wishes import Imagine
from demo.workspace.block_rules import check_view
from demo.workspace.elements import initial_state
from tests.unit.bot.made import ADA, EN, LIMITS, NOW, make_concept, make_job, make_render
from tests.unit.bot.test_blocks import HOSTILE, actions, sent, words

LIN = Person("T1", "U0LIN")
texts = st.text(min_size=1, max_size=60) | st.just(HOSTILE[:900]) | st.just("<@U0> " * 700)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    return Recipe(
        prompt=draw(texts),
        negative_prompt=draw(st.just("") | texts),
        seed=draw(seeds),
        steps=draw(st.integers(1, 100)),
        sampler=draw(st.sampled_from(Sampler)),
        guidance=draw(st.floats(1, 30)),
        guidance_until=draw(st.just(1.0) | st.floats(0, 1)),
        width=draw(st.integers(8, 128)) * 8,
        height=draw(st.integers(8, 128)) * 8,
        base_hash="b" * 64,
        start=draw(st.none() | st.just(Start(sha256="ab" * 32, strength=0.5))),
        variation=draw(st.none() | st.just(Variation(seed=3, strength=0.2))),
        upscale=draw(st.none() | st.just(Upscaler.LANCZOS)),
    )


@st.composite
def renders(draw: st.DrawFn) -> RenderView:
    count = draw(st.integers(1, 9) | st.just(60))
    recipe = draw(recipes())
    pictures = []
    for index in range(count):
        seed = recipe.seed % 2**31 + index
        held, gone, readable = (draw(st.integers(0, 9)) == 0 for _ in range(3))
        there = not held and not gone
        pictures.append(
            PictureView(
                index,
                seed,
                make_render().pictures[0].path if there else None,
                recipe.model_copy(update={"seed": seed}),
                held_back=held,
                is_gone=gone and not held,
                is_readable=not readable,
            )
        )
    return make_render(
        count=count,
        state=draw(st.sampled_from(RenderState)),
        prompt=recipe.prompt,
        negative_prompt=recipe.negative_prompt,
        pictures=tuple(pictures),
    )


@settings(max_examples=40)
@given(renders(), st.integers(0, 3))
def test_pictures_and_recipes_within_the_rules(render: RenderView, missing: int) -> None:
    files = {one.index: f"F{one.index}" for one in render.pictures if one.path is not None}
    for index in list(files)[:missing]:
        del files[index]
    shown = sent(pictures_message(EN, render, files))
    sent(recipe_blocks(EN, render))
    sent(render_status(EN, render))
    sent(pictures_deleted(EN, render, "U0ADA"))
    assert "<!channel>" not in words(shown)
    offered = {
        read_picture_value(value)[1]
        for block in shown
        for one in block.get("elements", ())
        for value in (one.get("value", ""), *(o["value"] for o in one.get("options", ())))
        if "/" in value
    }
    # Nothing is offered of a picture that nobody sees, and all that are seen can be varied.
    readable = {one.index for one in render.pictures if one.is_readable}
    images = {int(b["slack_file"]["id"][1:]) for b in shown if b["type"] == "image"}
    assert offered == images & readable
    assert (Action.RENDER_DELETE in actions(shown)) == bool(images)


@pytest.mark.parametrize("count", [1, 4, 5, 8])
def test_a_row_of_buttons_or_a_list(count: int) -> None:
    render = make_render(count=count)
    shown = sent(pictures_message(EN, render, dict.fromkeys(range(count), "F1")))
    kinds = [one["type"] for block in shown for one in block.get("elements", ())]
    assert kinds.count("static_select") == (2 if count > 4 else 0)
    assert kinds.count("button") == 4 + (2 * count if count <= 4 else 0)


def test_what_was_held_back_cannot_be_varied() -> None:
    render = make_render()
    held = replace(render.pictures[0], path=None, held_back=True)
    shown = sent(
        pictures_message(EN, replace(render, pictures=(held, render.pictures[1])), {1: "F1"})
    )
    assert f"{Action.PICTURE_VARY}.1" in actions(shown)
    assert f"{Action.PICTURE_VARY}.0" not in actions(shown)
    assert "1 picture held back" in words(shown)


def test_pictures_without_files_are_owned_up_to() -> None:
    assert "files of 2 pictures are gone" in words(sent(pictures_message(EN, make_render(), {})))


@given(recipes())
def test_the_line_draws_the_very_picture(recipe: Recipe) -> None:
    line = imagine_line(recipe)
    if recipe.variation is not None or recipe.start is not None:
        assert line is None
    if line is None:
        return
    wish = parse_imagine(line.removeprefix("/imagine "))
    assert wish.prompt == recipe.prompt
    assert (wish.seed, wish.steps, wish.guidance) == (recipe.seed, recipe.steps, recipe.guidance)
    assert (wish.negative or "") == recipe.negative_prompt
    assert (wish.width, wish.height) == (recipe.width, recipe.height)
    assert wish.upscale == (recipe.upscale is not None)


def test_ordinary_recipes_have_a_line() -> None:
    recipe = make_render().pictures[0].recipe
    expected = (
        "/imagine a <dicoo> at the beach --n 1 --seed 7 --steps 20 --sampler ddim "
        "--guidance 7.5 --size 512x512 --until 1"
    )
    assert imagine_line(recipe) == expected


@st.composite
def wishes(draw: st.DrawFn) -> Imagine:
    sized = draw(st.booleans())
    short = st.text(min_size=1, max_size=60) | st.just("<" * LONGEST_TEXT)
    return Imagine(
        prompt=draw(short),
        negative=draw(st.none() | short),
        count=draw(st.none() | st.integers(1, 100)),
        seed=draw(st.none() | seeds),
        steps=draw(st.none() | st.integers(1, 100)),
        guidance=draw(st.none() | st.integers(10, 300).map(lambda n: n / 10)),
        until=draw(st.none() | st.just(0.5)),
        sampler=draw(st.none() | st.sampled_from(Sampler)),
        width=512 if sized else None,
        height=640 if sized else None,
        ratio=None if sized else draw(st.none() | st.sampled_from(AspectRatio)),
        start=draw(st.none() | st.just("ab" * 32)),
        strength=draw(st.none() | st.just(0.4)),
        vary=draw(st.none() | st.just(0.2)),
        upscale=draw(st.booleans()),
    )


def submitted(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back when nobody changed anything."""
    state = {
        block["block_id"]: {block["element"]["action_id"]: initial_state(block["element"])}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return {**view, "state": {"values": state}}


@settings(max_examples=60)
@given(wishes(), st.booleans(), st.integers(0, 12))
def test_the_form_gives_back_what_it_was_filled_with(wish: Imagine, more: bool, files: int) -> None:
    context = PromptContext(
        channel="C1", files=tuple((f"F{n}", HOSTILE[:60]) for n in range(min(files, 10))), more=more
    ).carrying(wish)
    view = prompt_form(EN, context, wish, RequestLimits(pictures=100, steps=100)).to_dict()
    assert check_view(view) == []
    if not more:
        return
    read = typed_so_far(submitted(view))
    begins = context.begins_from_picture
    expected = wish.model_copy(
        update={
            "prompt": unescaped(wish.prompt),
            "negative": unescaped(wish.negative or "") or None,
            "strength": wish.strength if begins else None,
        }
    )
    assert read == expected


def unescaped(text: str) -> str:
    """As Slack would have sent it: people cannot type what is an escape already."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def test_the_form_takes_no_more_than_is_drawn_and_opens_with_no_more() -> None:
    wish = Imagine(prompt="a toy", count=12, steps=1000)
    view = prompt_form(EN, PromptContext(more=True), wish, LIMITS).to_dict()
    elements = {one["block_id"]: one.get("element", {}) for one in view["blocks"]}
    for field, most in ((Field.COUNT, "8"), (Field.STEPS, "100")):
        assert elements[field]["max_value"] == most
        assert elements[field]["initial_value"] == most


def test_what_is_wrong_in_the_form_is_said_at_its_field() -> None:
    form = prompt_form(EN, PromptContext(more=True), Imagine(prompt="a toy"), LIMITS)
    view = submitted(form.to_dict())
    view["state"]["values"][Field.PROMPT][Field.PROMPT]["value"] = " "
    view["state"]["values"][Field.STEPS][Field.STEPS]["value"] = "many"
    view["state"]["values"][Field.GUIDANCE][Field.GUIDANCE]["value"] = "much"
    with pytest.raises(FormError) as refused:
        read_prompt(view)
    assert set(refused.value.problems) == {Field.PROMPT, Field.STEPS, Field.GUIDANCE}


def test_a_picture_is_chosen_of_several() -> None:
    context = PromptContext(files=(("F1", "a.png"), ("F2", "b.png")))
    view = submitted(prompt_form(EN, context, Imagine(prompt="a toy"), LIMITS).to_dict())
    assert [file.id for file in read_prompt(view)[1]] == ["F1"]
    view["state"]["values"][Field.PICTURE][Field.PICTURE]["selected_option"] = {"value": "F2"}
    assert [file.id for file in read_prompt(view)[1]] == ["F2"]


@settings(max_examples=40)
@given(texts, st.integers(0, 20), st.integers(0, 40), st.integers(-2, 4), st.booleans())
def test_the_home_holds_everything(
    prompt: str, things: int, concepts: int, page: int, is_admin: bool
) -> None:
    facts = HomeFacts(
        person=ADA,
        queue=QueueView(
            tuple(make_job() for _ in range(things)),
            tuple(make_render(prompt=prompt, state=RenderState.QUEUED) for _ in range(things)),
        ),
        concepts=[make_concept(token=f"<{n:03}>", initializer=prompt) for n in range(concepts)],
        page=page,
        samples={f"<{n:03}>": "F1" for n in range(concepts)},
        recent=[make_render(prompt=prompt) for _ in range(min(things, 6))],
        pictures={"2" * 32: "F2"},
        health=HealthView(2, 1, 3, 4, 1, 0, 2) if is_admin else None,
    )
    view = home(EN, facts).to_dict()
    assert check_view(view) == []
    assert "/concept teach" in words(view), "nothing was cut off"
    assert ("1 of 2 training slots" in words(view)) == is_admin


def test_every_concept_is_on_one_page() -> None:
    concepts = [make_concept(token=f"<{n}>", created_at=NOW) for n in range(30)]
    pages = [on_page(concepts, page) for page in range(pages_of(30))]
    assert [len(page) for page in pages] == [CONCEPTS_A_PAGE, CONCEPTS_A_PAGE, 6]
    assert {one.token for page in pages for one in page} == {one.token for one in concepts}
    turns = actions(home(EN, HomeFacts(ADA, QueueView((), ()), concepts, 1)).to_dict()["blocks"])
    assert turns[f"{Action.HOME_PAGE}.newer"] == "0"
    assert turns[f"{Action.HOME_PAGE}.older"] == "2"


def test_only_ones_own_can_be_cancelled_at_home() -> None:
    queue = QueueView((make_job(owner=LIN),), (make_render(state=RenderState.QUEUED),))
    view = home(EN, HomeFacts(ADA, queue)).to_dict()
    cancels = [
        block["accessory"]["action_id"] for block in view["blocks"] if block.get("accessory")
    ]
    assert cancels == [Action.RENDER_CANCEL]
    assert "1 more thing in the queue" in words(view)


@given(st.uuids(), st.integers(0, 99))
def test_the_value_of_a_picture_s_button(render: Any, index: int) -> None:
    assert read_picture_value(picture_value(render.hex, index)) == (render.hex, index)


@given(st.dictionaries(st.integers(0, 99), st.from_regex(r"F[A-Z0-9]{5,10}", fullmatch=True)))
def test_receipts_are_read_as_they_were_written(files: dict[int, str]) -> None:
    shown = Shown("1700000000.000100", tuple(files.items()))
    assert Shown.read(shown.receipt()) == shown
    assert Shown.read("1700000000.000100") == Shown("1700000000.000100")
