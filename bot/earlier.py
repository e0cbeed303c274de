"""What somebody wished for when they got these pictures. Pure."""

from backend.views import RenderView
from bot.wishes import Imagine


def wish_of(render: RenderView) -> Imagine:
    """Return the wish, with all its flags and the seed, that led to a render.

    What it was turned towards, in variations of variations, has no words and is left out.
    """
    recipe = render.pictures[0].recipe
    return Imagine(
        prompt=render.prompt,
        count=render.count,
        seed=render.seed,
        steps=render.steps,
        guidance=render.guidance,
        until=recipe.guidance_until,
        negative=render.negative_prompt or None,
        sampler=render.sampler,
        width=render.width,
        height=render.height,
        start=None if recipe.start is None else recipe.start.sha256,
        strength=None if recipe.start is None else recipe.start.strength,
        vary=None if recipe.variation is None else recipe.variation.strength,
        upscale=recipe.upscale is not None,
    )
