"""The one family of errors that backend raises."""

from datetime import datetime
from enum import StrEnum

from backend.people import Person
from cluster.told import NO_FACTS, Facts


class ErrorCode(StrEnum):
    """Stable names of what can go wrong; callers branch on these, never on a message."""

    NO_PICTURES = "no_pictures"
    """A teach request came without a single picture."""
    TOO_FEW_PICTURES = "too_few_pictures"
    """Fewer pictures were sent than a concept can be learned from."""
    TOO_MANY_PICTURES = "too_many_pictures"
    """More pictures were sent than one job takes."""
    BAD_PICTURES = "bad_pictures"
    """Pictures that were sent cannot be used, or too few of them; the message names them."""
    TOKEN_TAKEN = "token_taken"  # noqa: S105 - a name, no secret
    """The workspace has a concept, or a job in progress, with this token; or the base model has."""
    BAD_PLACEHOLDER = "bad_placeholder"
    """The token does not look like `<name>`."""
    BAD_INITIALIZER = "bad_initializer"
    """The initializer is empty or several tokens of the base model."""
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a name, no secret
    """A prompt names a concept that this workspace cannot use."""
    EMPTY_PROMPT = "empty_prompt"
    """There is nothing to draw."""
    BLOCKED_PROMPT = "blocked_prompt"
    """The prompt has a word or phrase in it that the workspace does not draw."""
    BAD_BLOCKLIST = "bad_blocklist"
    """The file of words that must not be drawn cannot be read."""
    BAD_TEXT = "bad_text"
    """The prompt has a broken Unicode character in it, as a faulty program sends."""
    PROMPT_TOO_LONG = "prompt_too_long"
    """The prompt has more tokens than are read."""
    BAD_NUMBER = "bad_number"
    """A number (count, steps, guidance, seed, size, strength, weight) is outside its limits."""
    NOT_YOURS = "not_yours"
    """Only the person who asked for it, and the workspace's admins, may do this."""
    NOT_ALLOWED = "not_allowed"
    """The workspace's rules leave this to others, or to other channels."""
    GUEST = "guest"
    """The workspace's rules refuse guests, or people of other workspaces."""
    QUOTA_REACHED = "quota_reached"
    """A person or a channel had as much as the workspace's rules give; `at` says until when."""
    DRAINING = "draining"
    """An admin lets what is there come to its end; nothing new is taken."""
    IN_USE = "in_use"
    """The concept is being taught or drawn with at this moment."""
    NOT_FOUND = "not_found"
    """There is no such job, render or concept here."""
    ALREADY_ENDED = "already_ended"
    """It has ended; there is nothing left to cancel."""
    CANNOT_SAVE = "cannot_save"
    """The data folder takes no more files."""
    DATABASE = "database"
    """The database cannot be reached, or not be brought to this version."""
    BASE_MODEL = "base_model"
    """The base model is missing or incomplete."""
    UNSAFE_BASE = "unsafe_base"
    """The base model's folder has pickled weights; they were not read."""
    BAD_LORA = "bad_lora"
    """A file is no LoRA that fits the base model."""
    BAD_CONCEPT = "bad_concept"
    """The file of a concept's rows is missing or broken, or of another base model."""
    BAD_EMBEDDING = "bad_embedding"
    """A file to be imported holds no embedding that fits the base model."""
    UNSAFE_EMBEDDING = "unsafe_embedding"
    """A file to be imported has code in it; it was not run."""
    BAD_RECIPE = "bad_recipe"
    """A file holds no recipe that can be read."""
    CANNOT_DRAW = "cannot_draw"
    """The base model makes no picture of this recipe."""
    ALREADY_RUNNING = "already_running"
    """Another process serves this data folder."""
    MEASUREMENT_ENDED = "measurement_ended"
    """A process that measures came to its end too early."""


class BackendError(Exception):
    """What a use case could not do, in words a person can act on.

    `code` is stable, `message` one sentence, `hint` what to do about it (may be empty),
    `suggestions` things that could have been meant (placeholder tokens, words), best first,
    `by` and `at` who stands in the way and since when (token_taken), or `at` when it is free
    again (quota_reached). For who says it in another language, `case` is which of the code's
    sentences it is, and `facts` what stands in it. `also` is what else was wrong with the same
    request, where its caller knows.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        hint: str = "",
        suggestions: tuple[str, ...] = (),
        *,
        by: Person | None = None,
        at: datetime | None = None,
        case: str = "",
        facts: Facts = NO_FACTS,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.suggestions = suggestions
        self.by = by
        self.at = at
        self.case = case
        self.facts = facts
        self.also: tuple[Exception, ...] = ()
