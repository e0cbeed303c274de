"""Names of buttons, forms and shortcuts, and of the fields in forms. Part of stored messages."""

from enum import StrEnum


class Action(StrEnum):
    """Buttons. The value of each is an id (or token) and nothing else."""

    JOB_CANCEL = "job.cancel"
    """End a training job; value: job id."""
    JOB_TRY = "job.try"
    """Open the form to imagine with a concept; value: job id, or token at home."""
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
