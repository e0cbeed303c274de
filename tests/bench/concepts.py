"""`python -m tests.bench.concepts OUT.jsonl K N [WAY...]`: ten toys, by the reference and Figment.

Part K of N of them, on one core, by all ways or by those that are named. Every run trains on five
pictures and is scored on sixteen others of the same toy: the share of the loss that the best words
for it close, 0 as good as the initializer, 1 as good as the words.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from pydantic import BaseModel

from cluster.base import base_hash
from cluster.embedding_file import EmbeddingFile, read_embedding
from cluster.new_spec import new_spec
from cluster.pictures import prepare_pictures
from cluster.rank import Rank
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty
from cluster.train import build
from demo.house import MODEL
from demo.samples import SAMPLE_INITIALIZER
from demo.toybox.draw import draw_pictures, write_pictures
from demo.toybox.frozen_base import FrozenBase
from demo.toybox.grammar import Caption
from demo.toybox.measure import Measure
from demo.toybox.scoring import Estimate, paired, score
from demo.toybox.toy import Accessory, Toy
from tests.bench.held_out_toys import held_out_toys

_TOYS = 10
_TRAINED, _HELD_OUT, _DRAWS = 5, 16, 192
_THREADS = 1
_QUARTER, _AS_LONG = 280, 1130
"""Steps of Figment in some quarter of the reference's time, and in all of it."""
_SHORT = {"max_steps": _QUARTER, "stop_when_flat": False}

# Four ranks of four pictures: as many samples as sixteen ranks of one.
REFERENCE: Mapping[str, object] = {
    "recipe": "reference",
    "batch_size": 4,
    "gradient_accumulation": 4,
    "eval_interval": 200,
    "evaluation_draws": 4,
}
WAYS: Mapping[str, Mapping[str, object]] = {
    "figment": _SHORT,
    "reference": REFERENCE,
    "figment, stops when flat": {"max_steps": _AS_LONG},
    "whole backward pass": {**_SHORT, "short_backward": False},
    "rate of 0.01": {**_SHORT, "learning_rate": 1e-2},
    "no average": {**_SHORT, "average": 0.0},
    "cosine, no average": {**_SHORT, "average": 0.0, "schedule": "cosine"},
    "start chosen": {**_SHORT, "choose_start": True},
    "no picture held back": {**_SHORT, "hold_back": False},
    "gradients of one size": {**_SHORT, "sample_tempering": 1.0},
    "a sentence for each picture": {**_SHORT, "one_sentence": False},
    "timesteps not stratified": {**_SHORT, "stratify": False},
    "last rows, not the best": {**_SHORT, "keep_best": False},
    "no mirrored pictures": {**_SHORT, "flip": False},
    "figment, as long": {**_SHORT, "max_steps": _AS_LONG, "eval_interval": 25},
}
TWICE = ("figment", "reference")
"""What is measured with a second seed too."""
SEEDS = (7, 8)


class Outcome(BaseModel):
    """One concept by one way."""

    toy: str
    way: str
    seed: int
    share: float
    wall_seconds: float
    cpu_seconds: float
    """Of all threads; does not grow when something else runs on the machine."""
    steps: int
    start: str


def words_for(toy: Toy) -> str:
    """All that a caption can say of a toy, without its place."""
    worn = None if toy.accessory is Accessory.NONE else toy.accessory
    return Caption(kind=toy.kind, colour=toy.colour, accessory=worn).phrase()


def _gap(toy: Toy) -> Estimate:
    base = FrozenBase.load(MODEL)
    pictures = [p.image for p in draw_pictures(toy, _HELD_OUT, 2)]
    measure = Measure.of(base, base.posteriors(pictures), _DRAWS, 11)
    return paired(measure.losses(SAMPLE_INITIALIZER), measure.losses(words_for(toy)))


def _share(toy: Toy, concept: EmbeddingFile) -> float:
    pictures = [p.image for p in draw_pictures(toy, _HELD_OUT, 2)]
    words = f"a {words_for(toy)}"
    found = score(MODEL, pictures, concept, SAMPLE_INITIALIZER, words, _DRAWS).share
    if found is None:
        raise ValueError(f"{words} explains the toy no better than {SAMPLE_INITIALIZER}")
    return found.value


def _learn(toy: Toy, way: str, seed: int, folder: Path) -> Outcome:
    told = {"preview_interval": 0, "checkpoint_interval": 10_000, "seed": seed, **WAYS[way]}
    settings = ClusterSettings.model_validate(told)
    spec = new_spec(
        settings,
        job_id="bench",
        token="<bench>",
        initializer=SAMPLE_INITIALIZER,
        learnable_property=LearnableProperty.OBJECT,
        base=MODEL,
        base_hash=base_hash(MODEL),
        base_resolution=128,
    )
    run = RunDir.create(folder / "run", spec)
    files = write_pictures(draw_pictures(toy, _TRAINED, 1), folder / "pictures", "toy")
    prepare_pictures(files, run.images, spec.resolution)
    wall, cpu = time.perf_counter(), time.process_time()
    result = build(run, Rank(0, 1, 0, "bench", _THREADS)).train()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Outcome(
        toy=words_for(toy),
        way=way,
        seed=seed,
        share=_share(toy, read_embedding(run.embedding)),
        wall_seconds=wall,
        cpu_seconds=cpu,
        steps=result.steps,
        start=result.start_word,
    )


def _plan(toys: Sequence[Toy], ways: Sequence[str]) -> Iterator[tuple[str, int, Toy]]:
    for seed in SEEDS:
        for way, toy in product(ways, toys):
            if seed == SEEDS[0] or way in TWICE:
                yield way, seed, toy


def main(out: Path, part: int, parts: int, ways: Sequence[str] = ()) -> None:
    """Write a line an outcome to `out`; go on where it was stopped."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    done = [Outcome.model_validate_json(line) for line in out.open()] if out.exists() else []
    seen = {(one.way, one.seed, one.toy) for one in done}
    for way, seed, toy in _plan(held_out_toys(_gap, _TOYS)[part::parts], ways or tuple(WAYS)):
        if (way, seed, words_for(toy)) not in seen:
            with TemporaryDirectory() as folder:
                outcome = _learn(toy, way, seed, Path(folder))
            with out.open("a") as file:
                file.write(outcome.model_dump_json() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
