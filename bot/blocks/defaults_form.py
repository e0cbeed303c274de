"""The form of a person's own defaults. Pure."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.aspect import AspectRatio
from backend.defaults import Defaults
from backend.recipe import Sampler
from bot.action_ids import Setting, SettingsForm
from bot.blocks.inputs import labelled, number
from bot.blocks.kit import section
from bot.blocks.settings_fields import choice, settings_view
from bot.words import Words


def defaults_modal(words: Words, own: Defaults) -> View:
    """Return the form, filled with the defaults of now."""
    ratios = {ratio.value: ratio.value for ratio in AspectRatio}
    samplers = {sampler.value: sampler.value for sampler in Sampler}
    blocks: list[Block] = [
        section(words.mrkdwn("defaults-about")),
        labelled(
            Setting.PICTURES,
            words.text("defaults-pictures-label"),
            number(Setting.PICTURES, own.pictures, 1, None),
        ),
        labelled(
            Setting.RATIO,
            words.text("defaults-ratio-label"),
            choice(Setting.RATIO, ratios, own.ratio),
        ),
        labelled(
            Setting.STEPS,
            words.text("defaults-steps-label"),
            number(Setting.STEPS, own.steps, 1, None),
        ),
        labelled(
            Setting.GUIDANCE,
            words.text("defaults-guidance-label"),
            number(Setting.GUIDANCE, own.guidance, 1, 30, decimal=True),
        ),
        labelled(
            Setting.SAMPLER,
            words.text("defaults-sampler-label"),
            choice(Setting.SAMPLER, samplers, own.sampler),
        ),
    ]
    return settings_view(words, SettingsForm.DEFAULTS, words.text("defaults-title"), blocks)
