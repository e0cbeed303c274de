"""The button that opens the form to teach where a command cannot. Pure."""

from slack_sdk.models.blocks import Block

from bot.action_ids import Action
from bot.blocks.kit import button, buttons, section
from bot.words import Words


def teach_button(words: Words) -> list[Block]:
    """Return the offer of the form."""
    label = words.text("teach-open-form")
    return [
        section(words.mrkdwn("teach-offer")),
        buttons(button(label, Action.CONCEPT_TEACH, "teach", style="primary")),
    ]
