"""How much there is to do beside training, and how long ranks may wait for it. Pure: no torch."""

from cluster.spec import COMPILING_SECONDS, LearnableProperty, TrainSpec

OBJECT_PHRASES = (
    "a {} at the beach",
    "a {} in the snow",
    "a {} in a forest",
    "a {} in a city",
)
STYLE_PHRASES = (
    "a beach in the style of {}",
    "a snowy mountain in the style of {}",
    "a forest in the style of {}",
    "a city in the style of {}",
)
SAMPLES_A_STEP = 2
"""Of each picture, that the U-Net sees: without its prompt and with it."""
MEASURED_STEPS, MEASURED_DRAWS = 10, 6
"""Sampling steps of a picture whose place is looked for, and draws by which that is done."""
CLIP_STEPS = 20
"""Sampling steps of a picture that CLIP looks at."""
_SAVING_SECONDS = 120.0
"""How much longer rank 0 may take to write a pipeline, of which gigabytes may have to be copied."""


def place_phrases(learnable_property: LearnableProperty) -> tuple[str, ...]:
    """The phrases for what is learned, each with one `{}` for its name."""
    if learnable_property is LearnableProperty.STYLE:
        return STYLE_PHRASES
    return OBJECT_PHRASES


def most_samples(
    phrases: int, world_size: int, steps: int = MEASURED_STEPS, draws: int = MEASURED_DRAWS
) -> int:
    """How many samples the U-Net sees on the rank with the most to do, one picture a phrase."""
    return -(-phrases // world_size) * (SAMPLES_A_STEP * steps + phrases * draws)


def most_previews(spec: TrainSpec, world_size: int) -> float:
    """For as long as how many previews some ranks may measure while others have nothing to do."""
    if not spec.score:
        return 0.0
    preview = SAMPLES_A_STEP * spec.preview_steps
    phrases = len(place_phrases(spec.learnable_property))
    measured = most_samples(phrases, world_size) / preview
    if not spec.clip:
        return measured
    # What is drawn for it is decoded like previews; loading the model counts as one more.
    drawn = -(-phrases // world_size) * (SAMPLES_A_STEP * CLIP_STEPS / preview + 1)
    return max(measured, drawn + 1)


def longest_wait(spec: TrainSpec, world_size: int) -> float:
    """Seconds that some ranks of a run may wait for others, or for themselves, between two steps.

    The others wait in a collective while rank 0 draws the previews of a step, and in the end
    while some ranks measure.
    """
    previews = len(spec.preview_prompts) if spec.preview_interval else 1
    pictures = max(previews, most_previews(spec, world_size))
    seconds = spec.process_group_timeout_seconds * pictures
    if spec.compile_unet:
        # Ranks take their own time over it, and some have kernels that others have not yet.
        seconds += COMPILING_SECONDS
    if spec.save_full_pipeline:
        seconds += _SAVING_SECONDS
    return seconds
