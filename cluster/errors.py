"""The one family of errors that cluster raises."""

from cluster.told import NO_FACTS, Facts


class ClusterError(Exception):
    """What could not be done, in words a person can act on.

    `code` is stable, `message` one sentence, `hint` what to do about it (may be empty). For who
    says it in another language, `case` is which of the code's sentences it is, and `facts` what
    stands in it.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", *, case: str = "", facts: Facts = NO_FACTS
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.case = case
        self.facts = facts


class PlaceholderError(ClusterError):
    """A text that is no placeholder token."""


class PictureError(ClusterError):
    """Pictures that cannot be trained on."""


class BaseModelError(ClusterError):
    """A base model that is missing, incomplete or not usable for this run."""


class EmbeddingFileError(ClusterError):
    """A file that holds no learned embedding."""


class RunDirError(ClusterError):
    """A run folder that cannot be read."""


class LaunchError(ClusterError):
    """A run that could not be started."""


class TrainingError(ClusterError):
    """A run that a rank had to give up; `code` is kept as the run's failure."""
