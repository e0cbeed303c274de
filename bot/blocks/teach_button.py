"""The button that opens the form to teach where a command cannot. Pure."""

from slack_sdk.models.blocks import Block

from bot.action_ids import Action
from bot.blocks.kit import button, buttons, escape, section


def teach_button() -> list[Block]:
    """Return the offer of the form."""
    said = escape("Teach me a word: the form asks for its name, what it is, and pictures.")
    return [
        section(said),
        buttons(button("Open the form", Action.CONCEPT_TEACH, "teach", style="primary")),
    ]
