"""The form of a workspace's rules, for its admins. Pure."""

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.roles import Rules, Who
from bot.action_ids import Setting, SettingsForm
from bot.blocks.inputs import labelled, number
from bot.blocks.settings_fields import (
    channels,
    choice,
    people,
    settings_view,
    switches,
)
from bot.words import Words

GUESTS, STRANGERS = "guests", "strangers"
PAUSED, DRAINING = "paused", "draining"

_MOST = 1_000_000
"""Whoever allows more sets no limit."""


class LimitsContext(BaseModel):
    """What the form remembers: which of the boxes were ticked that others tick by a command."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: frozenset[str] = frozenset()


def limits_modal(words: Words, rules: Rules) -> View:
    """Return the form, filled with the rules of now."""
    who = {
        Who.EVERYONE.value: words.text("limits-everyone"),
        Who.LISTED.value: words.text("limits-listed"),
        Who.ADMINS.value: words.text("limits-admins"),
    }
    outsider_labels = {
        GUESTS: words.text("limits-guests"),
        STRANGERS: words.text("limits-strangers"),
    }
    states = {PAUSED: words.text("limits-pause"), DRAINING: words.text("limits-drain")}
    no_limit = words.text("limits-none")
    outsiders = [one for one, on in ((GUESTS, rules.guests), (STRANGERS, rules.strangers)) if on]
    state = [one for one, on in ((PAUSED, rules.paused), (DRAINING, rules.draining)) if on]
    blocks: list[Block] = [
        labelled(
            Setting.WHO_TEACHES,
            words.text("limits-who-teaches"),
            choice(Setting.WHO_TEACHES, who, rules.who_teaches),
        ),
        labelled(
            Setting.TEACHERS,
            words.text("limits-teachers"),
            people(Setting.TEACHERS, rules.teachers),
        ),
        labelled(
            Setting.WHO_IMAGINES,
            words.text("limits-who-draws"),
            choice(Setting.WHO_IMAGINES, who, rules.who_imagines),
        ),
        labelled(
            Setting.ARTISTS, words.text("limits-artists"), people(Setting.ARTISTS, rules.artists)
        ),
        labelled(
            Setting.OUTSIDERS,
            words.text("limits-outsiders"),
            switches(Setting.OUTSIDERS, outsider_labels, outsiders),
        ),
        labelled(
            Setting.OPEN_JOBS,
            words.text("limits-open-jobs"),
            number(Setting.OPEN_JOBS, rules.open_jobs, 0, _MOST),
            no_limit,
        ),
        labelled(
            Setting.RENDERS_A_DAY,
            words.text("limits-renders"),
            number(Setting.RENDERS_A_DAY, rules.renders_a_day, 0, _MOST),
            no_limit,
        ),
        labelled(
            Setting.PICTURES_AN_HOUR,
            words.text("limits-pictures"),
            number(Setting.PICTURES_AN_HOUR, rules.pictures_an_hour, 0, _MOST),
            no_limit,
        ),
        labelled(
            Setting.CHANNELS,
            words.text("limits-channels"),
            channels(Setting.CHANNELS, rules.channels),
            words.text("limits-channels-hint"),
        ),
        labelled(
            Setting.LISTENING,
            words.text("limits-listening"),
            channels(Setting.LISTENING, rules.listening),
            words.text("limits-listening-hint"),
        ),
        labelled(Setting.STATE, words.text("limits-state"), switches(Setting.STATE, states, state)),
    ]
    view = settings_view(words, SettingsForm.LIMITS, words.text("limits-title"), blocks)
    view.private_metadata = LimitsContext(state=frozenset(state)).model_dump_json()
    return view
