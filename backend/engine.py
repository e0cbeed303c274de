"""The rendering engine: a base model in OpenVINO that draws recipes with any concepts."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from backend.engine_canvas import LATENT_CHANNELS, Canvas, to_picture, to_pixels
from backend.engine_checks import check_draw
from backend.engine_draws import Draw, Drawn
from backend.engine_graphs import Floats, Graphs, Inputs, compiled_folder
from backend.errors import BackendError, ErrorCode
from backend.export import exported
from backend.guidance_embedding import guidance_embedding
from backend.picture_encoder import PictureEncoder
from backend.prompt_states import prompt_states
from backend.prompts import PromptReader
from backend.recipe import Recipe, RenderPrecision, Sampler
from backend.safety import SafetyChecker
from backend.samplers import Samplers
from backend.starts import fitted
from backend.upscale import upscaled
from cluster.base import base_hash

OnStep = Callable[[int, int], None]
Cancelled = Callable[[], frozenset[int]]

_LATENT_SCALE = 0.18215
"""Of Stable Diffusion 1.5, whose VAE does not say."""

_log = structlog.get_logger(__name__)


class GraphRunner(Protocol):
    """What the engine needs of the compiled graphs: see `Graphs`."""

    def settle(self, precision: RenderPrecision) -> RenderPrecision:
        """Return what is computed in when asked for `precision`."""

    def streams(self, precision: RenderPrecision) -> int:
        """How many pictures are worked on at the same time."""

    def encode(self, ids: NDArray[np.int64], rows: Floats) -> Floats:
        """Run the text encoder."""

    def predict(self, calls: Sequence[Inputs], precision: RenderPrecision) -> list[Floats]:
        """Run the U-Net, each call by itself."""

    def decode(self, latents: Sequence[Floats], precision: RenderPrecision) -> list[Floats]:
        """Run the VAE decoder, each picture by itself."""


class Engine:
    """Draws pictures; one call at a time, further ones wait.

    Every picture has U-Net calls of its own (two samples, for guidance) instead of a place in a
    batch of many. OpenVINO gave the same bits for batches of 1 to 10 where that was tried, but
    promises nothing of the kind. It costs nothing with SD 1.5 on 2 cores (the time for a sample
    does not fall with the batch), and with a U-Net of 6 M parameters some 15 to 25 % against
    batches of 8. Across sockets, pictures run side by side: one stream on each NUMA node.

    Finished pictures are judged by `safety`, if there is one: see `Drawn.held_back`. A U-Net that
    was taught guidance is told of it in `guidance_width` numbers and asked once a step.
    """

    def __init__(
        self,
        *,
        graphs: GraphRunner,
        prompts: PromptReader,
        samplers: Samplers,
        base_hash: str,
        hidden: int,
        reduction: int,
        latent_scale: float,
        precision: RenderPrecision = RenderPrecision.AUTO,
        safety: SafetyChecker | None = None,
        encode_picture: Callable[[Floats], Floats] | None = None,
        guidance_width: int | None = None,
    ) -> None:
        self._graphs = graphs
        self._prompts = prompts
        self._samplers = samplers
        self._base_hash = base_hash
        self._hidden = hidden
        self._reduction = reduction
        self._latent_scale = latent_scale
        self._precision = precision
        self._safety = safety
        self._encode_picture = encode_picture
        self._guidance_width = guidance_width
        self._lock = threading.Lock()

    @classmethod
    def load(
        cls,
        base: Path,
        cache: Path,
        precision: RenderPrecision = RenderPrecision.AUTO,
        threads: int = 0,
        *,
        safety: bool = True,
        through: Callable[[GraphRunner], GraphRunner] = lambda graphs: graphs,
    ) -> "Engine":
        """Load the base model in `base`; exported to `cache` the first time, which takes minutes.

        `precision` is what recipes are drawn in that do not say, `threads` 0 for all cores.
        `safety` says whether the base model's safety checker is used, where it has one.
        `through` may put something between engine and graphs, to watch them at work.
        Raises BackendError (base_model).
        """
        try:
            encoder = _config(base, "text_encoder")
            unet = _config(base, "unet")
            vae = _config(base, "vae")
            hidden = int(encoder["hidden_size"])
            if (unet["in_channels"], unet["out_channels"]) != (LATENT_CHANNELS, LATENT_CHANNELS):
                raise ValueError(f"its U-Net reads {unet['in_channels']} channels")
            if unet["cross_attention_dim"] != hidden:
                raise ValueError("its text encoder and U-Net do not fit each other")
            prompts = PromptReader.load(
                base, int(encoder["vocab_size"]), int(encoder["max_position_embeddings"])
            )
            samplers = Samplers.load(base)
            reduction = 2 ** (len(vae["block_out_channels"]) - 1)
            latent_scale = float(vae.get("scaling_factor", _LATENT_SCALE))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackendError(
                ErrorCode.BASE_MODEL,
                f"The base model in {base} cannot be drawn with: {error}.",
                "A Stable Diffusion 1.x or 2.x folder in diffusers format is needed.",
            ) from error
        name = base_hash(base)
        folder = exported(base, name, cache)
        return cls(
            graphs=through(Graphs(folder, compiled_folder(cache), threads)),
            prompts=prompts,
            samplers=samplers,
            base_hash=name,
            hidden=hidden,
            reduction=reduction,
            latent_scale=latent_scale,
            precision=precision,
            safety=SafetyChecker.load(base) if safety else None,
            encode_picture=PictureEncoder(base, name, cache, threads),
            guidance_width=unet.get("time_cond_proj_dim"),
        )

    @property
    def base_hash(self) -> str:
        """Which base model it draws with."""
        return self._base_hash

    @property
    def streams(self) -> int:
        """How many pictures it works on at the same time; asking it for more gains nothing."""
        return self._graphs.streams(self._graphs.settle(self._precision))

    def warm_up(self, width: int, height: int) -> None:
        """Draw one step of nothing in this size, so that the first picture is not slow."""
        recipe = Recipe(
            prompt="",
            seed=0,
            steps=1,
            sampler=next(iter(Sampler)),
            guidance=2,
            width=width,
            height=height,
            base_hash=self._base_hash,
        )
        self.draw([Draw(recipe)] * self.streams)

    def check(self, draw: Draw) -> None:
        """Refuse what cannot be drawn, or would silently be drawn as something else.

        Raises BackendError: base_model, bad_concept, unknown_token, prompt_too_long, bad_number,
        bad_pictures.
        """
        check_draw(draw, self._base_hash, self._hidden, self._reduction)
        for prompt in (draw.recipe.prompt, draw.recipe.negative_prompt):
            self._prompts.read(prompt, draw.concepts)

    def draw(
        self,
        draws: Sequence[Draw],
        on_step: OnStep | None = None,
        cancelled: Cancelled | None = None,
    ) -> tuple[Drawn | None, ...]:
        """Draw pictures of the same precision; whatever else may differ between them.

        `on_step(step, steps)` is called after each step of those with the most steps, which may
        be one more than was asked for (see `Samplers.make`). `cancelled` is asked before each step
        for the indices that nobody wants any more: they come back as None. A picture whose
        numbers run out of range in bf16 is drawn again in f32.

        Raises BackendError: as `check` does, and cannot_draw if the numbers run out of range in
        f32 too.
        """
        for draw in draws:
            self.check(draw)
        if len({draw.recipe.precision for draw in draws}) > 1:
            raise ValueError("pictures drawn together must have the same precision")
        if not draws:
            return ()
        asked = draws[0].recipe.precision
        drawn: dict[int, Drawn] = {}
        left = dict(enumerate(draws))
        with self._lock:
            first = self._graphs.settle(self._precision if asked is RenderPrecision.AUTO else asked)
            for precision in dict.fromkeys([first, RenderPrecision.F32]):
                if left:
                    done, left = self._attempt(left, precision, on_step, cancelled)
                    drawn |= done
                for draw in left.values():
                    _log.warning("not_finite", precision=precision, recipe=draw.recipe)
        if left:
            raise BackendError(
                ErrorCode.CANNOT_DRAW,
                "The base model came up with numbers that make no picture.",
                "Try another seed, less guidance or another sampler.",
            )
        return self._judged([drawn.get(index) for index in range(len(draws))])

    def _judged(self, drawn: Sequence[Drawn | None]) -> tuple[Drawn | None, ...]:
        """Mark the pictures that have to be held back."""
        if self._safety is None:
            return tuple(drawn)
        flagged = iter(self._safety.holds_back([one.picture for one in drawn if one is not None]))
        return tuple(one and replace(one, held_back=next(flagged)) for one in drawn)

    def _attempt(
        self,
        draws: dict[int, Draw],
        precision: RenderPrecision,
        on_step: OnStep | None,
        cancelled: Cancelled | None,
    ) -> tuple[dict[int, Drawn], dict[int, Draw]]:
        """Return the finished pictures, and the draws whose numbers ran out of range."""
        canvases = {index: self._canvas(draw) for index, draw in draws.items()}
        broken: dict[int, Draw] = {}
        turns = max(canvas.turns for canvas in canvases.values())
        for turn in range(turns):
            _drop(canvases, cancelled)
            if not canvases:
                return {}, broken
            going = {index: one for index, one in canvases.items() if not one.is_done}
            questions = [canvas.question() for canvas in going.values()]
            answers = self._graphs.predict(questions, precision)
            for index, answer in zip(going, answers, strict=True):
                canvases[index].answer(answer)
                if not canvases[index].is_finite():
                    broken[index] = draws[index]
                    del canvases[index]
            if on_step is not None:
                on_step(turn + 1, turns)
        _drop(canvases, cancelled)
        latents = [canvas.latents / self._latent_scale for canvas in canvases.values()]
        drawn: dict[int, Drawn] = {}
        for index, decoded in zip(canvases, self._graphs.decode(latents, precision), strict=True):
            if np.isfinite(decoded).all():
                recipe = draws[index].recipe.model_copy(update={"precision": precision})
                picture = to_picture(decoded)
                drawn[index] = Drawn(upscaled(picture) if recipe.upscale else picture, recipe)
            else:
                broken[index] = draws[index]
        return drawn, broken

    def _canvas(self, draw: Draw) -> Canvas:
        recipe = draw.recipe
        width = self._guidance_width
        guided = width is None
        states = prompt_states(draw, self._prompts, self._graphs.encode, self._hidden, guided)
        solver = self._samplers.make(recipe.sampler, recipe.steps)
        taught = None if width is None else guidance_embedding(recipe.guidance, width)
        moments = None
        if draw.start is not None and self._encode_picture is not None:
            begin = fitted(draw.start.picture, recipe.width, recipe.height)
            moments = self._encode_picture(to_pixels(begin))
        return Canvas(recipe, states, solver, self._reduction, moments, self._latent_scale, taught)


def _drop(canvases: dict[int, Canvas], cancelled: Cancelled | None) -> None:
    for index in cancelled() if cancelled is not None else ():
        canvases.pop(index, None)


def _config(base: Path, part: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((base / part / "config.json").read_text("utf-8"))
    return config
