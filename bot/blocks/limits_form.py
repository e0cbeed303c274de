"""The form of a workspace's rules, for its admins. Pure."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.roles import Rules, Who
from bot.action_ids import Setting, SettingsForm
from bot.blocks.settings_fields import (
    channels,
    choice,
    field,
    number,
    people,
    settings_view,
    switches,
)

GUESTS, STRANGERS = "guests", "strangers"
PAUSED, DRAINING = "paused", "draining"
_WHO = {
    Who.EVERYONE.value: "Everyone",
    Who.LISTED.value: "The people below, and admins",
    Who.ADMINS.value: "Admins",
}
_OUTSIDERS = {GUESTS: "Guests of this workspace", STRANGERS: "People of other workspaces"}
_STATE = {
    PAUSED: "Pause: no training job begins",
    DRAINING: "Drain: nothing new is taken",
}
_NO_LIMIT = "Leave it empty for no limit."


def limits_modal(rules: Rules) -> View:
    """Return the form, filled with the rules of now."""
    outsiders = [one for one, on in ((GUESTS, rules.guests), (STRANGERS, rules.strangers)) if on]
    state = [one for one, on in ((PAUSED, rules.paused), (DRAINING, rules.draining)) if on]
    blocks: list[Block] = [
        field(
            Setting.WHO_TEACHES,
            "Who may teach",
            choice(Setting.WHO_TEACHES, _WHO, rules.who_teaches),
        ),
        field(Setting.TEACHERS, "Who teaches", people(Setting.TEACHERS, rules.teachers)),
        field(
            Setting.WHO_IMAGINES,
            "Who may draw",
            choice(Setting.WHO_IMAGINES, _WHO, rules.who_imagines),
        ),
        field(Setting.ARTISTS, "Who draws", people(Setting.ARTISTS, rules.artists)),
        field(
            Setting.OUTSIDERS,
            "Let in, too",
            switches(Setting.OUTSIDERS, _OUTSIDERS, outsiders),
        ),
        field(
            Setting.OPEN_JOBS,
            "Open training jobs of a person",
            number(Setting.OPEN_JOBS, rules.open_jobs, 0),
            _NO_LIMIT,
        ),
        field(
            Setting.RENDERS_A_DAY,
            "Requests for pictures of a person, a day",
            number(Setting.RENDERS_A_DAY, rules.renders_a_day, 0),
            _NO_LIMIT,
        ),
        field(
            Setting.PICTURES_AN_HOUR,
            "Pictures in a channel, an hour",
            number(Setting.PICTURES_AN_HOUR, rules.pictures_an_hour, 0),
            _NO_LIMIT,
        ),
        field(
            Setting.CHANNELS,
            "Channels where Figment may be used",
            channels(Setting.CHANNELS, rules.channels),
            "Leave it empty for all. Direct messages are always open.",
        ),
        field(
            Setting.LISTENING,
            "Channels where a message with a learned word is a prompt",
            channels(Setting.LISTENING, rules.listening),
            "Without a mention or a command.",
        ),
        field(Setting.STATE, "At this moment", switches(Setting.STATE, _STATE, state)),
    ]
    return settings_view(SettingsForm.LIMITS, "Limits", blocks)
