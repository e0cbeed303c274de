"""Names of buttons, forms and shortcuts, and of the fields in forms. Part of stored messages."""

from enum import StrEnum


class Action(StrEnum):
    """Buttons. The value of each is an id (or token) and nothing else."""

    JOB_CANCEL = "job.cancel"
    """End a training job; value: job id."""
    JOB_TRY = "job.try"
    """Open the form to imagine with a concept; value: job id, or token at home."""
    JOB_KEEP = "job.keep"
    """End a training job with what it has; value: job id."""
    JOB_RETRY = "job.retry"
    """Another attempt of a failed job; value: job id."""
    JOB_LONGER = "job.longer"
    """Go on from a ready job; value: job id."""
    JOB_CHECKPOINTS = "job.checkpoints"
    """See the checkpoints of a ready job; value: job id."""
    CHECKPOINT_USE = "checkpoint.use"
    """Choose one of them; value of an option: job id, a space and the step."""
    DRAFT_TEACH = "draft.teach"
    """Teach with the good ones of some pictures; value: draft id."""
    DRAFT_DROP = "draft.drop"
    """Teach nothing with them; value: draft id."""
    CONCEPT_TEACH = "concept.teach"
    """Open the form to teach, from where it was asked for; value: nothing of use."""
    TEACH_ADVANCED = "teach.advanced"
    """Unfold the further settings of the form to teach; value: nothing of use."""
    HOME_TEACH = "home.teach"
    """Open the form to teach; value: nothing of use."""
    RENDER_AGAIN = "render.again"
    """Draw the same with a new seed; value: render id."""
    RENDER_CANCEL = "render.cancel"
    """End a render; value: render id."""


class Form(StrEnum):
    """Modals."""

    TEACH = "teach_form"
    """Name, word and kind of a concept."""
    IMAGINE = "imagine_form"
    """Prompt and what it can be given along."""


class Shortcut(StrEnum):
    """Shortcuts."""

    TEACH = "teach"
    """From anywhere: the form asks for pictures, too."""
    TEACH_FROM_MESSAGE = "teach_from_message"
    """On a message with pictures."""


class Field(StrEnum):
    """Inputs of the forms; each is alone in a block of the same name."""

    NAME = "name"
    """The placeholder token."""
    WORD = "word"
    """The initializer token."""
    PROPERTY = "property"
    """Object or style."""
    FILES = "files"
    """Pictures that are uploaded with the form."""
    STEPS = "training_steps"
    """Most training steps."""
    VECTORS = "vectors"
    """Rows of the token table."""
    RATE = "learning_rate"
    """Peak of the learning rate."""
    REPEATS = "repeats"
    """How often each picture comes before all have come."""
    CHANNEL = "channel"
    """Where the card goes."""
    PROMPT = "prompt"
    """What to draw."""
    NEGATIVE = "negative"
    """What not to draw."""
    COUNT = "count"
    """How many pictures."""
    SEED = "seed"
    """Where the noise comes from."""
