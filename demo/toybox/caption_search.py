"""Finds the caption of the grammar that explains pictures best, by the model's own loss."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from demo.toybox.grammar import Caption
from demo.toybox.toy import Accessory, Colour, Kind, Place

# How many captions survive each part of speech; later parts only refine what came before.
_KINDS, _COLOURS, _ACCESSORIES, _PLACES = 3, 4, 4, 4


def _best(
    captions: Iterable[Caption], loss: Callable[[str], float], keep: int
) -> tuple[Caption, ...]:
    return tuple(sorted(dict.fromkeys(captions), key=lambda c: loss(c.phrase()))[:keep])


def best_caption(rough: Callable[[str], float], fine: Callable[[str], float]) -> Caption:
    """The caption of least loss among kinds x colours x accessories x places, found in stages.

    Kinds come first, then colours, accessories and places are added to the best few; silence
    about a part always stays in the contest. `rough` is the loss of a phrase that decides the
    stages, `fine` the one that decides among the last few.
    """
    kinds = _best([Caption(kind=kind) for kind in (None, *Kind)], rough, _KINDS)
    coloured = [replace(c, colour=colour) for c in kinds for colour in (None, *Colour)]
    best = _best(coloured, rough, _COLOURS)
    # NONE is said by saying nothing, so it is left out here.
    worn = [a for a in Accessory if a is not Accessory.NONE]
    dressed = [replace(c, accessory=accessory) for c in best for accessory in (None, *worn)]
    best = _best(dressed, rough, _ACCESSORIES)
    placed = [replace(c, place=place) for c in best for place in (None, *Place)]
    return _best(_best(placed, rough, _PLACES), fine, 1)[0]
