"""`python -m tests.bench.concept_tables FILE.jsonl`: the tables of ten concepts, as Markdown."""

import statistics
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.bench.concepts import SEEDS, WAYS, Outcome

_REFERENCE, _OURS, _FLAT = "reference", "figment", "figment, stops when flat"

Shares = Mapping[str, Outcome]
"""Outcomes of one way by toy."""


def _of(outcomes: Iterable[Outcome], way: str, seed: int) -> Shares:
    return {one.toy: one for one in outcomes if (one.way, one.seed) == (way, seed)}


def _median(shares: Shares) -> float:
    return statistics.median(one.share for one in shares.values())


def _seconds(shares: Shares) -> float:
    return statistics.mean(one.cpu_seconds for one in shares.values())


def toys_table(outcomes: Iterable[Outcome]) -> list[str]:
    """A line a toy: its share by the reference and by Figment, with the seconds of each."""
    told = list(outcomes)
    reference, ours, flat = (_of(told, way, SEEDS[0]) for way in (_REFERENCE, _OURS, _FLAT))
    lines = [
        "| Toy | reference | s | Figment | time | until flat | time | steps |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for toy, one in reference.items():
        a, b = ours[toy], flat[toy]
        lines.append(
            f"| {toy} | {one.share:.2f} | {one.cpu_seconds:.0f} "
            f"| {a.share:.2f} | {a.cpu_seconds / one.cpu_seconds:.2f} "
            f"| {b.share:.2f} | {b.cpu_seconds / one.cpu_seconds:.2f} | {b.steps} |"
        )
    base = _seconds(reference)
    lines.append(
        f"| **median** | {_median(reference):.3f} | | {_median(ours):.3f} "
        f"| {_seconds(ours) / base:.2f} | {_median(flat):.3f} | {_seconds(flat) / base:.2f} | |"
    )
    means = [statistics.mean(o.share for o in way.values()) for way in (reference, ours, flat)]
    lines.append(f"| **mean** | {means[0]:.3f} | | {means[1]:.3f} | | {means[2]:.3f} | | |")
    return lines


def ways_table(outcomes: Iterable[Outcome]) -> list[str]:
    """A line a way, with its difference to Figment's defaults, toy by toy."""
    told = list(outcomes)
    lines = [
        "| | seed | toys | median | mean | mean difference | standard deviation | better on | s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for seed in SEEDS:
        ours = _of(told, _OURS, seed)
        for way in WAYS:
            shares = _of(told, way, seed)
            both = [toy for toy in shares if toy in ours]
            if not shares:
                continue
            line = f"| {way} | {seed} | {len(shares)} | {_median(shares):.3f} "
            line += f"| {statistics.mean(one.share for one in shares.values()):.3f} "
            gains = [shares[toy].share - ours[toy].share for toy in both]
            if way == _OURS or len(gains) < 2:
                line += "| | | "
            else:
                line += f"| {statistics.mean(gains):+.3f} | {statistics.stdev(gains):.3f} "
                line += f"| {sum(gain > 0 for gain in gains)} of {len(gains)} "
            lines.append(line + f"| {_seconds(shares):.0f} |")
    return lines


def main(file: Path) -> None:
    """Print both tables."""
    outcomes = [Outcome.model_validate_json(line) for line in file.open()]
    print("\n".join([*toys_table(outcomes), "", *ways_table(outcomes)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
