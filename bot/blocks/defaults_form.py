"""The form of a person's own defaults. Pure."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.aspect import AspectRatio
from backend.defaults import Defaults
from backend.recipe import Sampler
from bot.action_ids import Setting, SettingsForm
from bot.blocks.kit import escape, section
from bot.blocks.settings_fields import choice, field, number, settings_view


def defaults_modal(own: Defaults) -> View:
    """Return the form, filled with the defaults of now."""
    ratios = {ratio.value: ratio.value for ratio in AspectRatio}
    samplers = {sampler.value: sampler.value for sampler in Sampler}
    blocks: list[Block] = [
        section(escape("For your own prompts, where you give no flag. Empty: as is usual here.")),
        field(Setting.PICTURES, "Pictures", number(Setting.PICTURES, own.pictures, 1)),
        field(Setting.RATIO, "Aspect ratio", choice(Setting.RATIO, ratios, own.ratio)),
        field(Setting.STEPS, "Steps", number(Setting.STEPS, own.steps, 1)),
        field(
            Setting.GUIDANCE,
            "Guidance",
            number(Setting.GUIDANCE, own.guidance, 1, 30, decimal=True),
        ),
        field(Setting.SAMPLER, "Sampler", choice(Setting.SAMPLER, samplers, own.sampler)),
    ]
    return settings_view(SettingsForm.DEFAULTS, "My settings", blocks)
