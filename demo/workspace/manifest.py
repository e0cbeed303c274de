"""Who and what the toy workspace has: its team, people, channels and the app's declarations."""

from dataclasses import dataclass

from bot.manifest import EVENTS as _EVENTS
from bot.manifest import bot_scopes

TEAM_ID = "T0TOYBOX"
TEAM_NAME = "Toybox"
TEAM_DOMAIN = "toybox"
APP_ID = "A0FIGMENT"
BOT_ID = "B0FIGMENT"
BOT_USER_ID = "U0FIGMENT"
BOT_NAME = "figment"
BOT_TOKEN = "xoxb-toybox"  # noqa: S105 - the toy workspace's public token
APP_TOKEN = "xapp-toybox"  # noqa: S105 - the toy workspace's public token
SIGNING_SECRET = "toybox-secret"  # noqa: S105 - the toy workspace's public secret
CLIENT_ID = "0123456789.toybox"
CLIENT_SECRET = "toybox-client-secret"  # noqa: S105 - the toy workspace's public secret
VERIFICATION_TOKEN = "toybox-verification"  # noqa: S105 - legacy field of every payload
SCOPES = frozenset(bot_scopes())
"""What the app was granted: what its manifest asks for."""
EVENTS = frozenset(_EVENTS)
"""What the app is told of: what its manifest asks for."""


@dataclass(frozen=True)
class Person:
    """A member of the team; the bot is one too."""

    id: str
    name: str
    real_name: str
    colour: str
    is_bot: bool = False
    is_admin: bool = False
    locale: str = "en-US"
    """The language that they chose in Slack."""


@dataclass(frozen=True)
class Channel:
    """A channel or a direct message, with who is in it."""

    id: str
    name: str
    members: tuple[str, ...]
    is_im: bool = False


@dataclass(frozen=True)
class Command:
    """A slash command that the app declares."""

    name: str
    description: str
    usage: str
    finds_names: bool = False
    """Whether Slack finds people and channels in what is typed (`should_escape`)."""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut that the app declares; a message one is offered on each message."""

    callback_id: str
    name: str
    on_message: bool


@dataclass(frozen=True)
class GuideStep:
    """One step of the tour that the page shows a newcomer."""

    title: str
    text: str


BOT = Person(BOT_USER_ID, BOT_NAME, "Figment", "#5b3cc4", is_bot=True)
PEOPLE = (
    Person("U0ADA", "ada", "Ada", "#c4473c", is_admin=True),
    Person("U0LIN", "lin", "Lin", "#2f7d4f"),
    Person("U0MAX", "max", "Max", "#2c6fb3"),
    Person("U0MEI", "mei", "Mei", "#a3691f", locale="zh-CN"),
)
MEMBERS = (*PEOPLE, BOT)
_EVERYONE = tuple(member.id for member in MEMBERS)
CHANNELS = (
    Channel("C0TOYS", "toys", _EVERYONE),
    Channel("C0GENERAL", "general", _EVERYONE),
    *(
        Channel(f"D0{person.name.upper()}", "directmessage", (person.id, BOT_USER_ID), is_im=True)
        for person in PEOPLE
    ),
)
COMMANDS = (
    Command(
        "/concept",
        "Teach Figment a new word, and look after the words it knows",
        "teach <dicoo> as toy | list | show <dicoo> | versions <dicoo> | queue | help",
        finds_names=True,
    ),
    Command(
        "/imagine",
        "Draw pictures from a sentence",
        "a yellow <dicoo> robot at the beach [--n 4] [--seed 7]",
    ),
    Command(
        "/figment",
        "See how busy Figment is, and settle your defaults",
        "queue | status | settings | help",
    ),
)
SHORTCUTS = (
    Shortcut("teach_from_message", "Teach this", on_message=True),
    Shortcut("imagine_with_picture", "Imagine with this", on_message=True),
    Shortcut("teach", "Teach a new word", on_message=False),
)
GUIDE = (
    GuideStep("Add the sample pictures", "They show one toy that the model has never seen."),
    GuideStep("Name it", "Write: @figment teach <dicoo> as toy, and send it with the pictures."),
    GuideStep("Watch it learn", "The card in the channel follows the training as it happens."),
    GuideStep("Draw with the new word", "Write: /imagine a <dicoo> at the beach"),
)


def member(member_id: str) -> Person | None:
    """Return the member with this id, the bot included, or None."""
    return next((one for one in MEMBERS if one.id == member_id), None)
