"""What a run measures of its concept in the end, and where it can be read."""

from pathlib import Path

import pytest
import torch

from cluster.embedding_file import read_embedding
from cluster.errors import BaseModelError
from tests.run_here import prepared_run, trainer_of

pytestmark = pytest.mark.slow


def test_a_run_says_how_good_its_concept_is(tiny_base: Path, tmp_path: Path) -> None:
    run = prepared_run(tmp_path, tiny_base, caption="yellow robot")
    trainer = trainer_of(run)
    result = trainer.train()
    assert result.scores.editability in (0, 0.25, 0.5, 0.75, 1)
    assert result.scores.clip_image is None
    assert torch.equal(trainer.concept.rows, trainer.best_rows)
    metadata = read_embedding(run.embedding).metadata
    assert float(metadata["editability"]) == result.scores.editability


def test_a_missing_clip_model_ends_a_run_before_it_learns(tiny_base: Path, tmp_path: Path) -> None:
    run = prepared_run(tmp_path, tiny_base, clip=str(tmp_path / "nowhere"))
    with pytest.raises(BaseModelError) as caught:
        trainer_of(run)
    assert caught.value.code == "clip_model"


@pytest.mark.parametrize("caption", ["", "duck"])
def test_no_share_is_made_up_where_words_say_no_more(
    tiny_base: Path, tmp_path: Path, caption: str
) -> None:
    run = prepared_run(tmp_path, tiny_base, caption=caption, score=False)
    result = trainer_of(run).train()
    assert result.scores.gap_closed is None
    assert result.scores.editability is None


def test_the_share_is_of_the_way_from_word_to_words(tiny_base: Path, tmp_path: Path) -> None:
    words = ("purple boat", "red robot", "green snail", "white house")
    shares = []
    for index, caption in enumerate(words):
        run = prepared_run(
            tmp_path / str(index), tiny_base, caption=caption, score=False, max_steps=1
        )
        shares.append(trainer_of(run).train().scores.gap_closed)
    found = [share for share in shares if share is not None]
    assert found, "none of these words is better than the initializer"
    assert all(share >= 0 for share in found), "the concept is no worse than its start"
