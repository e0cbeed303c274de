"""From a checked request to the recipes of its pictures. Pure."""

from backend.checks import Numbers
from backend.recipe import ConceptRef, Recipe, Start, Upscaler, Variation
from backend.requests import ImagineRequest


def recipes_for(
    request: ImagineRequest,
    prompts: tuple[str, str],
    numbers: Numbers,
    base_hash: str,
    concepts: tuple[ConceptRef, ...],
    start_sha256: str | None,
    variation_seed: int,
) -> tuple[Recipe, ...]:
    """Return a recipe for each picture of a request.

    `prompts` are prompt and negative prompt, tidied; the other arguments are what the request
    was found to mean, of which `variation_seed` is the first that pictures are turned towards.
    """
    start = None
    if start_sha256 is not None:
        start = Start(sha256=start_sha256, strength=numbers.strength)
    first = Recipe(
        prompt=prompts[0],
        negative_prompt=prompts[1],
        seed=numbers.seed,
        steps=numbers.steps,
        sampler=numbers.sampler,
        guidance=numbers.guidance,
        guidance_until=numbers.guidance_until,
        width=numbers.width,
        height=numbers.height,
        base_hash=base_hash,
        concepts=concepts,
        start=start,
        upscale=Upscaler.LANCZOS if request.upscale else None,
    )
    if request.vary is not None:
        return variations_of(first, numbers.count, request.vary, variation_seed)
    return tuple(
        first.model_copy(update={"seed": first.seed + index}) for index in range(numbers.count)
    )


def variations_of(
    recipe: Recipe, count: int, strength: float, first_seed: int
) -> tuple[Recipe, ...]:
    """Return `count` recipes like this one, turned towards the seeds from `first_seed` on.

    One that is turned already stays so: its variations go on from there.
    """
    before = recipe.varied_before
    if recipe.variation is not None:
        before = (*before, recipe.variation)
    return tuple(
        recipe.model_copy(
            update={
                "varied_before": before,
                "variation": Variation(seed=first_seed + index, strength=strength),
            }
        )
        for index in range(count)
    )
