"""Toys that nothing was chosen on: drawn by a seed, and kept if words can say something of them."""

import random
from collections.abc import Callable, Iterator

from demo.toybox.scoring import Estimate
from demo.toybox.toy import USUAL_ACCESSORY_COLOUR, Accessory, Colour, Kind, Toy

_SEED = 2026
_CLEAR = 3.0
"""Standard errors by which words must explain a toy better than the initializer does; the share
that a concept closes of a gap that may be none would be a share of noise."""


def drawn_toys(seed: int = _SEED) -> Iterator[Toy]:
    """Toys without end, of each kind before any kind comes again, all with an accessory in a
    colour that no caption can say.
    """
    chance = random.Random(seed)
    while True:
        for kind in chance.sample(list(Kind), len(Kind)):
            colour = chance.choice(list(Colour))
            accessory = chance.choice([one for one in Accessory if one is not Accessory.NONE])
            usual = (colour, USUAL_ACCESSORY_COLOUR[accessory])
            worn = chance.choice([one for one in Colour if one not in usual])
            yield Toy(kind, colour, accessory, accessory_colour=worn)


def held_out_toys(gap: Callable[[Toy], Estimate], count: int) -> tuple[Toy, ...]:
    """The first `count` whose `gap`, between the initializer's loss and their words', is clear.

    Decided before anything is trained.
    """
    found: list[Toy] = []
    for toy in drawn_toys():
        if len(found) == count:
            break
        measured = gap(toy)
        if measured.value > _CLEAR * measured.error:
            found.append(toy)
    return tuple(found)
