"""The model card: what the toybox's base is, and what an evaluation measured."""

from string import Template

from demo.toybox.evaluate import Evaluation, Rate
from demo.toybox.toy import Accessory, Colour, Kind, Place

_CARD = Template("""\
---
license: apache-2.0
library_name: diffusers
pipeline_tag: text-to-image
tags: [stable-diffusion, textual-inversion, toy]
---
# Toybox

A small text-to-image model in Stable Diffusion's own format: a VAE of $vae parameters, a CLIP
text encoder of $text_encoder and a U-Net of $unet, drawing 128 x 128 pictures. Everything that
works on Stable Diffusion 1.5 (diffusers, textual inversion, OpenVINO) works on it in the same
way, in seconds instead of minutes, on a laptop's CPU. It exists to try and to test Figment; it
draws nothing but toys.

## What it knows

A procedural world of toys, each of one kind and colour, bare or with an accessory, at a place:

| Part | Words |
| --- | --- |
| $kinds kinds | $kind_words |
| $colours colours | $colour_words |
| $accessories accessories | $accessory_words |
| $places places | $place_words |

A caption is put together like this:

    a red robot with a hat at the beach

Any part may be left out. Every word is one token, so every word can initialize a concept. Some
toys no caption can name: two colours in halves, stripes or dots, and accessories in unusual
colours. The model has seen such toys, but no words for them. They are what there is to teach.

## How well it draws what a caption says

For $captions captions it drew a picture ($steps steps, guidance $guidance). A diffusion
classifier ([arXiv 2303.16203](https://arxiv.org/abs/2303.16203)), which is the model itself
asked which caption lets it denoise the picture best, then chose among all kinds, all colours and
all places. The same classifier on real pictures of the world says how far its judgement can be
trusted. In brackets: 95 % Wilson intervals. A model is a lenient judge of its own pictures: it
also recognises what looks blurred to people, so look at the contact sheet, too.

| Part | Chosen among | Right by chance | Right on its own pictures | Right on real pictures |
| --- | ---: | ---: | ---: | ---: |
$rows

Repeat it: `python -m demo.toybox evaluate --base FOLDER`.
The weights evaluated have the hash `$base_hash`.

![What it draws, and what captions cannot name](contact-sheet.png)

Made by `python -m demo.toybox sheet --base FOLDER --out FOLDER/contact-sheet.png`.

## How it was made

`python -m demo.toybox train --out FOLDER` draws the pictures and captions, then trains the
tokenizer, the autoencoder, the text encoder (contrastively first, then along with the U-Net) and
the U-Net (noise prediction, min-SNR weights, averaged weights), on a CPU. No picture or text of
anybody's was used.

## Limits

It knows only the words above. Unknown words are spelled out in tokens that mean nothing to it.
Latents of 16 x 16 blur what is smaller than a few pixels. Its pictures are of toys only, so
there is no safety checker.
""")


def _count(parameters: int) -> str:
    return f"{parameters / 1e6:.1f} M"


def _cell(rate: Rate) -> str:
    return f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%})"


def _row(name: str, among: int, drawn: Rate, real: Rate) -> str:
    return f"| {name} | {among} | {1 / among:.1%} | {_cell(drawn)} | {_cell(real)} |"


def write_card(evaluation: Evaluation) -> str:
    """The card in Markdown; every figure in it is from the evaluation or the world itself."""
    drawn, real = evaluation.drawn, evaluation.real
    worn = [a for a in Accessory if a is not Accessory.NONE]
    rows = (
        _row("kind", len(Kind), drawn.kind, real.kind),
        _row("colour", len(Colour), drawn.colour, real.colour),
        _row("place", len(Place), drawn.place, real.place),
    )
    return _CARD.substitute(
        {name: _count(number) for name, number in evaluation.parameters.items()},
        kinds=len(Kind),
        kind_words=", ".join(Kind),
        colours=len(Colour),
        colour_words=", ".join(Colour),
        accessories=len(worn),
        accessory_words=", ".join(worn),
        places=len(Place),
        place_words=", ".join(Place),
        captions=evaluation.captions,
        steps=evaluation.steps,
        guidance=evaluation.guidance,
        rows="\n".join(rows),
        base_hash=evaluation.base_hash,
    )
