"""Names of buttons, forms and shortcuts, and of the fields in forms. Part of stored messages.

The value of a button is an id (or token); of one that is about one picture it is the id of the
render and the number of the picture, as in `0123abcd/2`.
"""

from enum import StrEnum


class Action(StrEnum):
    """Buttons. Those of pictures have the picture's number behind their name, too."""

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
    CONCEPT_DELETE = "concept.delete"
    """Remove a concept for good; value: token."""
    CONCEPT_USE = "concept.use"
    """Draw with another version; value: token, a space and the version."""
    SETTINGS_OPEN = "settings.open"
    """Open the form of one's own defaults; value: nothing of use."""
    LIMITS_OPEN = "limits.open"
    """Open the form of a workspace's rules; value: nothing of use."""
    RENDER_EDIT = "render.edit"
    """Open the form to imagine with a render's prompt and flags; value: render id."""
    RENDER_RECIPE = "render.recipe"
    """Tell the recipe of each picture; value: render id."""
    RENDER_DELETE = "render.delete"
    """Delete the pictures; value: render id."""
    PICTURE_VARY = "picture.vary"
    """Variations of a picture; value: render id and number."""
    PICTURE_UPSCALE = "picture.upscale"
    """The picture, larger; value: render id and number."""
    PROMPT_MORE = "prompt.more"
    """Unfold the form to imagine; value: nothing of use."""
    HOME_PAGE = "home.page"
    """Turn over to other concepts; value: number of the page."""


class SettingsForm(StrEnum):
    """Modals that are kept at once, without an ask."""

    DEFAULTS = "defaults_form"
    """A person's own defaults."""
    LIMITS = "limits_form"
    """A workspace's rules."""


class Form(StrEnum):
    """Modals."""

    TEACH = "teach_form"
    """Name, word and kind of a concept."""
    IMAGINE = "imagine_form"
    """Prompt and what it can be given along."""


class Setting(StrEnum):
    """Inputs of the settings' forms; each is alone in a block of the same name."""

    PICTURES = "pictures"
    """How many pictures a prompt makes."""
    RATIO = "ratio"
    """Their aspect ratio."""
    STEPS = "steps"
    """Sampling steps."""
    GUIDANCE = "guidance"
    """Guidance scale."""
    SAMPLER = "sampler"
    """The sampler."""
    WHO_TEACHES = "who_teaches"
    """Everyone, a list or admins."""
    TEACHERS = "teachers"
    """The list."""
    WHO_IMAGINES = "who_imagines"
    """Everyone, a list or admins."""
    ARTISTS = "artists"
    """The list."""
    OUTSIDERS = "outsiders"
    """Whether guests and people of other workspaces are let in."""
    OPEN_JOBS = "open_jobs"
    """Open jobs of a person."""
    RENDERS_A_DAY = "renders_a_day"
    """Renders of a person and day."""
    PICTURES_AN_HOUR = "pictures_an_hour"
    """Pictures of a channel and hour."""
    CHANNELS = "channels"
    """Where the bot may be used."""
    LISTENING = "listening"
    """Where plain messages can be prompts."""
    STATE = "state"
    """Whether jobs are paused, and whether the bot drains."""


class Shortcut(StrEnum):
    """Shortcuts."""

    TEACH = "teach"
    """From anywhere: the form asks for pictures, too."""
    TEACH_FROM_MESSAGE = "teach_from_message"
    """On a message with pictures."""
    IMAGINE_WITH_PICTURE = "imagine_with_picture"
    """On a message with a picture: the form to imagine, beginning from it."""


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
    TRAINING_STEPS = "training_steps"
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
    STEPS = "steps"
    """How many sampling steps."""
    GUIDANCE = "guidance"
    """How closely the prompt is followed."""
    RATIO = "ratio"
    """Width to height."""
    SAMPLER = "sampler"
    """Which solver."""
    STRENGTH = "strength"
    """How much of the picture to begin from is made anew."""
    PICTURE = "picture"
    """Which of several pictures to begin from."""
    UPSCALE = "upscale"
    """Whether to double the size."""


def picture_value(render_id: str, index: int) -> str:
    """Return the value of a button about one picture of a render."""
    return f"{render_id}/{index}"


def read_picture_value(value: str) -> tuple[str, int]:
    """Return the render id and the picture's number; a value of another kind is a ValueError."""
    render_id, _, index = value.rpartition("/")
    return render_id, int(index)
