"""From prompts to the hidden states that the U-Net attends to."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from backend.engine_draws import Draw
from backend.engine_graphs import Floats
from backend.prompts import PromptReader, ReadPrompt

Encode = Callable[[NDArray[np.int64], Floats], Floats]
"""The text encoder: ids [1, L] and concept rows [m, H] to states [1, L, H]."""


def prompt_states(
    draw: Draw, prompts: PromptReader, encode: Encode, hidden: int, guided: bool = True
) -> Floats:
    """Return the states of negative prompt and prompt, [2, n * L, H], in n blocks both.

    [1, n * L, H], the prompt alone, where the recipe has no guidance or (`guided` False) the U-Net
    has a way of its own. `hidden` is H. Raises BackendError as `PromptReader.read` does.
    """
    recipe = draw.recipe
    texts = [recipe.negative_prompt, recipe.prompt]
    if recipe.guidance == 1 or not guided:
        texts = [recipe.prompt]
    read = [prompts.read(text, draw.concepts) for text in texts]
    blocks = max(len(one.ids) for one in read)
    none = np.zeros((0, hidden), np.float32)
    rows = np.concatenate([none, *(concept.rows for concept in draw.concepts)])
    return np.concatenate([_encoded(prompts.padded(one, blocks), rows, encode) for one in read])


def weighed(states: Floats, weights: NDArray[np.float32]) -> Floats:
    """Multiply the states [1, L, H] of a block by its tokens' weights [L], keeping its strength.

    The block is brought back to the root mean square that it had, so that weighing some words
    neither raises nor lowers the voice of the whole prompt. (AUTOMATIC1111 does the same by the
    mean, which is no measure of strength where it is near 0.) Weights of 1 change no bit.
    """
    if (weights == 1).all():
        return states
    scaled = states * weights[None, :, None]
    before, after = (float(np.square(one, dtype=np.float64).mean()) for one in (states, scaled))
    strength: Floats = np.float32((before / after) ** 0.5) * scaled
    return strength


def _encoded(read: ReadPrompt, rows: Floats, encode: Encode) -> Floats:
    blocks: Sequence[Floats] = [
        weighed(encode(ids[None], rows), weights)
        for ids, weights in zip(read.ids, read.weights, strict=True)
    ]
    return np.concatenate(blocks, axis=1)
