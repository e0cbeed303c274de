"""Whether what a step left still means anything. Pure."""

import math

from cluster.errors import TrainingError

ABSURD_NORM = 150.0
"""Norm of a row, as a multiple of the table's usual one, past which it means nothing any more:
training is given up, and what others have trained is not taken. At the default rate it is some 28
after 180 steps; at a rate of 1 it is past this after 230, and ends at 230 times."""


def check_meaning(step: int, loss: float, norm: float) -> None:
    """`step` counts from 1, `norm` is the largest row's by the table's mean norm.

    Raises:
        TrainingError: the loss or the rows became meaningless.
    """
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise TrainingError(
            "non_finite",
            f"The loss is no number any more at step {step}.",
            "Lower FIGMENT_LEARNING_RATE, or train in fp32.",
        )
    if norm > ABSURD_NORM:
        raise TrainingError(
            "non_finite",
            f"The concept's row has exploded at step {step}.",
            "Lower FIGMENT_LEARNING_RATE.",
        )
