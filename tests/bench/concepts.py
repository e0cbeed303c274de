"""`python -m tests.bench.concepts OUT.jsonl K N`: ten toys, by the reference and by Figment.

Part K of N of them, on one core. Every run trains on five pictures and is scored on sixteen others
of the same toy: the share of the loss that the best words for it close, 0 as good as the
initializer, 1 as good as the words.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from pydantic import BaseModel

from cluster.base import base_hash
from cluster.embedding_file import read_embedding
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
from demo.toybox.grammar import Caption
from demo.toybox.scoring import score
from demo.toybox.toy import Accessory, Colour, Kind, Toy

_C = Colour
TOYS = (
    Toy(Kind.ROBOT, _C.TURQUOISE, Accessory.CROWN, accessory_colour=_C.ORANGE),
    Toy(Kind.DUCK, _C.YELLOW, Accessory.HAT, accessory_colour=_C.PURPLE),
    Toy(Kind.CAR, _C.GREEN, Accessory.BALLOON, accessory_colour=_C.BLUE),
    Toy(Kind.BOAT, _C.WHITE, Accessory.SCARF, accessory_colour=_C.GREEN),
    Toy(Kind.ROCKET, _C.ORANGE, Accessory.BOW, accessory_colour=_C.BLUE),
    Toy(Kind.FISH, _C.PINK, Accessory.HAT, accessory_colour=_C.RED),
    Toy(Kind.BEAR, _C.BROWN, Accessory.CROWN, accessory_colour=_C.BLUE),
    Toy(Kind.SNAIL, _C.PURPLE, Accessory.SCARF, accessory_colour=_C.YELLOW),
    Toy(Kind.TEAPOT, _C.BLUE, Accessory.BOW, accessory_colour=_C.ORANGE),
    Toy(Kind.MUSHROOM, _C.RED, Accessory.BALLOON, accessory_colour=_C.GREEN),
)
"""An accessory of an unusual colour is what captions cannot say."""
_TRAINED, _HELD_OUT, _DRAWS = 5, 16, 192
_THREADS = 1
_SHORT = {"max_steps": 150, "stop_when_flat": False}

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
    "start not chosen": {**_SHORT, "choose_start": False},
    "a picture held back": {**_SHORT, "hold_back": True},
    "timesteps not stratified": {**_SHORT, "stratify": False},
    "last rows, not the best": {**_SHORT, "keep_best": False},
    "rate of 0.005": {**_SHORT, "learning_rate": 5e-3},
    "rate of 0.02": {**_SHORT, "learning_rate": 2e-2},
    "rate of 0.04": {**_SHORT, "learning_rate": 4e-2},
}


class Outcome(BaseModel):
    """One concept by one way."""

    toy: str
    way: str
    share: float
    wall_seconds: float
    cpu_seconds: float
    """Of all threads; does not grow when something else runs on the machine."""
    steps: int
    start: str


def _words(toy: Toy) -> str:
    worn = None if toy.accessory is Accessory.NONE else toy.accessory
    return Caption(kind=toy.kind, colour=toy.colour, accessory=worn).phrase()


def _learn(toy: Toy, way: str, changes: Mapping[str, object], folder: Path) -> Outcome:
    settings = ClusterSettings(
        _env_file=None, **{"preview_interval": 0, "checkpoint_interval": 10_000, **changes}
    )
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
    pictures = [p.image for p in draw_pictures(toy, _HELD_OUT, 2)]
    words = _words(toy)
    concept = read_embedding(run.embedding)
    found = score(MODEL, pictures, concept, SAMPLE_INITIALIZER, f"a {words}", _DRAWS)
    if found.share is None:
        sys.exit(f"{words}: words are no better than the initializer; take another toy")
    return Outcome(
        toy=words,
        way=way,
        share=found.share.value,
        wall_seconds=wall,
        cpu_seconds=cpu,
        steps=result.steps,
        start=result.start_word,
    )


def main(out: Path, toys: Sequence[Toy]) -> None:
    """Write a line an outcome to `out`; go on where it was stopped."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    done = [Outcome.model_validate_json(line) for line in out.open()] if out.exists() else []
    seen = {(one.toy, one.way) for one in done}
    for way, toy in product(WAYS, toys):
        if (_words(toy), way) not in seen:
            with TemporaryDirectory() as folder:
                outcome = _learn(toy, way, WAYS[way], Path(folder))
            with out.open("a") as file:
                file.write(outcome.model_dump_json() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), TOYS[int(sys.argv[2]) :: int(sys.argv[3])])
