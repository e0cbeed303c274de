"""What of a training run a person may set for one job; the rest stands as the cluster's settings.

Left out on purpose: what belongs to the machines (ranks, precision, batch size, resolution), and
what would make a job hard to compare with others (schedule, averaging, the evaluation batch).
"""

from pydantic import BaseModel, ConfigDict

from backend.errors import BackendError, ErrorCode
from cluster.settings import ClusterSettings

MOST_TRAINING_STEPS = 5000
"""Some hours of a job's deadline on most clusters."""
MOST_VECTORS = 8
"""Each is a token of the prompt's 75."""
MOST_REPEATS = 100


class JobOptions(BaseModel):
    """One job's own numbers; None leaves one to the settings."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    max_steps: int | None = None
    vectors: int | None = None
    learning_rate: float | None = None
    repeats: int | None = None
    stop_when_flat: bool | None = None
    """Set for a job that goes on from another: it was asked for more steps, flat or not."""

    @property
    def chosen(self) -> dict[str, int | float | bool]:
        """Those that were set, by the name that they have in the settings."""
        return self.model_dump(exclude_none=True)


NO_OPTIONS = JobOptions()


def settings_with(settings: ClusterSettings, options: JobOptions) -> ClusterSettings:
    """Return the settings of a job with these options."""
    return settings.model_copy(update=options.chosen)


def check_options(options: JobOptions) -> None:
    """Refuse numbers that are out of limits (bad_number)."""
    _within(
        "training-steps", "The number of training steps", options.max_steps, 1, MOST_TRAINING_STEPS
    )
    _within("vectors", "The number of vectors", options.vectors, 1, MOST_VECTORS)
    _within("repeats", "The number of repeats", options.repeats, 1, MOST_REPEATS)
    _within("learning-rate", "The learning rate", options.learning_rate, 1e-6, 1)


def _within(what: str, name: str, value: float | None, least: float, most: float) -> None:
    # Written so that NaN is refused too.
    if value is not None and not least <= value <= most:
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            f"{name} must be from {least:g} to {most:g}, not {value:g}.",
            f"Try {most if value > most else least:g}.",
            case="range",
            facts={
                "what": what,
                "least": f"{least:g}",
                "most": f"{most:g}",
                "value": f"{value:g}",
                "nearest": f"{most if value > most else least:g}",
            },
        )
