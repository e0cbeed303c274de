"""Where what belongs to a concept is shown: others may not know of a private one."""

from backend.people import Place
from backend.views import ConceptView, Share, ShareKind
from bot.answers import Answers
from bot.asks import Ask, is_direct
from bot.calls import Calls


async def place_for(calls: Calls, ask: Ask, concept: ConceptView) -> Place:
    """Return where somebody asks, or their direct channel where others would see too much."""
    here = Share(ShareKind.CHANNEL, ask.channel)
    if not concept.is_private or is_direct(ask.channel) or here in concept.shares:
        return ask.place
    return Place(ask.workspace, await calls.direct_channel(ask.user))


async def tell_if_elsewhere(answers: Answers, ask: Ask, token: str, place: Place) -> None:
    """Say to who asks where to look, if it is not where they asked."""
    if place != ask.place:
        words = await answers.own_words(ask)
        await answers.tell_alone(ask, words.mrkdwn("concept-is-direct", token=token))
