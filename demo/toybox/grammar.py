"""The captions of the world: what can be said of a toy, and how a caption leaves things out."""

from dataclasses import dataclass
from random import Random

from demo.toybox.toy import Accessory, Colour, Kind, Pattern, Place, Toy

PLACE_PHRASE = {
    Place.BEACH: "at the beach",
    Place.FOREST: "in the forest",
    Place.DESERT: "in the desert",
    Place.SNOW: "in the snow",
    Place.CITY: "in the city",
    Place.KITCHEN: "in the kitchen",
    Place.SPACE: "in space",
    Place.SEA: "in the sea",
}

ACCESSORY_PHRASE = {
    Accessory.NONE: "",
    Accessory.HAT: "with a hat",
    Accessory.CROWN: "with a crown",
    Accessory.SCARF: "with a scarf",
    Accessory.GLASSES: "with glasses",
    Accessory.BOW: "with a bow",
    Accessory.BALLOON: "with a balloon",
}

# The wording textual inversion trains with (diffusers' object and style templates), so that
# those prompts mean something to the base before anyone teaches it.
TEMPLATES = (
    "a photo of a {}",
    "a photo of the {}",
    "a photo of my {}",
    "a photo of one {}",
    "the photo of a {}",
    "a good photo of a {}",
    "a good photo of the {}",
    "a dark photo of the {}",
    "a bright photo of the {}",
    "a cropped photo of a {}",
    "a cropped photo of the {}",
    "a close-up photo of a {}",
    "a close-up photo of the {}",
    "a photo of a clean {}",
    "a photo of the clean {}",
    "a photo of a dirty {}",
    "a photo of the dirty {}",
    "a photo of a nice {}",
    "a photo of the nice {}",
    "a photo of a cool {}",
    "a photo of the cool {}",
    "a photo of a small {}",
    "a photo of the small {}",
    "a photo of the weird {}",
    "a photo of the large {}",
    "a photo of a large {}",
    "a rendering of a {}",
    "a rendition of a {}",
    "a rendition of the {}",
    "a picture of a {}",
    "a drawing of a {}",
    "a painting in the style of {}",
    "a rendering in the style of {}",
    "a {}",
    "the {}",
    "my {}",
)


@dataclass(frozen=True, slots=True)
class Caption:
    """What a caption says; None means that it keeps silent about that part."""

    kind: Kind | None = None
    colour: Colour | None = None
    accessory: Accessory | None = None
    place: Place | None = None

    def phrase(self) -> str:
        """The words without an article: `red robot with a hat at the beach`."""
        words = [
            self.colour.value if self.colour else "",
            self.kind.value if self.kind else "toy",
            ACCESSORY_PHRASE[self.accessory] if self.accessory else "",
            PLACE_PHRASE[self.place] if self.place else "",
        ]
        return " ".join(word for word in words if word)

    def text(self, template: str = "a {}") -> str:
        """The whole caption: `a photo of a red robot with a hat at the beach`."""
        return template.format(self.phrase())


def full_caption(toy: Toy, place: Place) -> Caption:
    """All the grammar can say about this toy at this place, and nothing untrue.

    A second colour has no word, so the first one stands alone; an oddly coloured accessory is
    named without its colour.
    """
    return Caption(toy.kind, toy.colour, toy.accessory, place)


def draw_caption(toy: Toy, place: Place, rng: Random) -> str:
    """A training caption: true, often incomplete, in one of many wordings."""
    two_tone = toy.pattern is not Pattern.PLAIN
    caption = Caption(
        kind=None if rng.random() < 0.12 else toy.kind,
        colour=None if two_tone or rng.random() < 0.12 else toy.colour,
        accessory=None if rng.random() < 0.15 else toy.accessory,
        place=None if rng.random() < 0.15 else place,
    )
    template = "a {}" if rng.random() < 0.5 else rng.choice(TEMPLATES)
    return caption.text(template)


def draw_toy(rng: Random, *, nameable: bool) -> Toy:
    """A toy drawn evenly over the world; `nameable` or else with something captions cannot say."""
    kind, colour = rng.choice(list(Kind)), rng.choice(list(Colour))
    accessory = Accessory.NONE if rng.random() < 0.3 else rng.choice(list(Accessory)[1:])
    if nameable:
        return Toy(kind, colour, accessory)
    odd = rng.choice(list(Colour)) if rng.random() < 0.5 else None
    if rng.random() < 0.2 and accessory is not Accessory.NONE:
        return Toy(kind, colour, accessory, accessory_colour=rng.choice(list(Colour)))
    second = rng.choice([c for c in Colour if c is not colour])
    pattern = rng.choice([Pattern.HALVES, Pattern.STRIPES, Pattern.DOTS])
    return Toy(kind, colour, accessory, second, pattern, odd)


def corpus() -> list[str]:
    """Sentences that hold every word of the grammar, each often enough to become one token."""
    sentences = [template.format("toy") for template in TEMPLATES]
    for kind in Kind:
        for colour in Colour:
            sentences += [
                Caption(kind, colour, accessory, place).text()
                for accessory in Accessory
                for place in Place
            ]
    return sentences


def vocabulary() -> list[str]:
    """Every word captions use, sorted."""
    return sorted({word for line in corpus() for word in line.replace("-", " ").split()})
