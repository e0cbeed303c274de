from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch.nn import functional
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTextModel, CLIPTokenizer

from cluster.clip_scores import Clip, clip_scores, load_clip
from cluster.errors import TrainingError
from demo.toybox.draw import draw_pictures
from demo.toybox.toy import Colour, Kind, Toy
from tests.tiny_clip import make_tiny_clip

_SENTENCES = ("a toy at the beach", "a photo of a toy", "a toy in the snow")


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def clip(clip_folder: Path) -> Clip:
    return load_clip(str(clip_folder))


def _pictures(kind: Kind, count: int) -> tuple[Image.Image, ...]:
    return tuple(p.image for p in draw_pictures(Toy(kind, Colour.RED), count, seed=3))


def test_a_picture_resembles_itself_wholly(clip: Clip) -> None:
    same = _pictures(Kind.ROBOT, 1) * 3
    scores = clip_scores(clip, drawn=same, sentences=_SENTENCES, training=same[:2])
    assert scores.image == pytest.approx(1, abs=1e-5)
    others = _pictures(Kind.DUCK, 3)
    assert clip_scores(clip, drawn=same, sentences=_SENTENCES, training=others).image < 0.999


def test_scores_are_the_cosines_of_the_models_own_embeddings(clip_folder: Path, clip: Clip) -> None:
    drawn, training = _pictures(Kind.ROBOT, 3), _pictures(Kind.DUCK, 2)
    model = CLIPModel.from_pretrained(clip_folder)
    prepare = CLIPImageProcessorPil.from_pretrained(clip_folder)
    tokenizer = CLIPTokenizer.from_pretrained(clip_folder)

    def of_picture(picture: Image.Image) -> torch.Tensor:
        pixels = prepare(images=picture, return_tensors="pt").pixel_values
        found: torch.Tensor = model.visual_projection(model.vision_model(pixels).pooler_output)[0]
        return found

    def of_sentence(sentence: str) -> torch.Tensor:
        ids = tokenizer(sentence, return_tensors="pt").input_ids
        found: torch.Tensor = model.text_projection(model.text_model(ids).pooler_output)[0]
        return found

    with torch.no_grad():
        pairs = [
            float(functional.cosine_similarity(of_picture(a), of_picture(b), dim=0))
            for a in drawn
            for b in training
        ]
        prompts = [
            float(functional.cosine_similarity(of_picture(a), of_sentence(s), dim=0))
            for a, s in zip(drawn, _SENTENCES, strict=True)
        ]
    found = clip_scores(clip, drawn=drawn, sentences=_SENTENCES, training=training)
    assert found.image == pytest.approx(sum(pairs) / 6, abs=1e-5)
    assert found.text == pytest.approx(sum(prompts) / 3, abs=1e-5)


def test_many_pictures_are_embedded_in_order(clip: Clip) -> None:
    pictures = _pictures(Kind.BOAT, 18)
    whole = clip.of_pictures(pictures)
    assert torch.allclose(whole[17], clip.of_pictures(pictures[17:])[0], atol=1e-5)
    assert torch.allclose(whole.norm(dim=-1), torch.ones(18), atol=1e-5)


def test_a_long_sentence_is_cut_off(clip: Clip) -> None:
    long = "a toy " * 40
    assert torch.equal(clip.of_sentences([long]), clip.of_sentences([long * 2]))


def test_every_drawn_picture_needs_its_sentence(clip: Clip) -> None:
    drawn = _pictures(Kind.ROBOT, 2)
    with pytest.raises(ValueError, match="3 sentences"):
        clip_scores(clip, drawn=drawn, sentences=_SENTENCES, training=drawn)


def _pickled(folder: Path) -> None:
    torch.save(CLIPModel.from_pretrained(folder).state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _torn(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def _without_its_eyes(folder: Path) -> None:
    model = CLIPModel.from_pretrained(folder)
    CLIPModel.save_pretrained(
        model, folder, state_dict={k: v for k, v in model.state_dict().items() if "vision" not in k}
    )


def _of_another_kind(folder: Path) -> None:
    CLIPTextModel(CLIPModel.from_pretrained(folder).config.text_config).save_pretrained(folder)


def _without_a_processor(folder: Path) -> None:
    for file in folder.glob("*processor_config.json"):
        file.unlink()


@pytest.mark.parametrize(
    "spoil",
    [_pickled, _torn, _without_its_eyes, _of_another_kind, _without_a_processor],
)
def test_a_folder_without_a_whole_clip_model_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = make_tiny_clip(tmp_path / "clip")
    spoil(folder)
    with pytest.raises(TrainingError) as caught:
        load_clip(str(folder))
    assert caught.value.code == "clip_model"
    assert caught.value.hint


def test_a_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(TrainingError) as caught:
        load_clip(str(missing))
    assert caught.value.code == "clip_model"
    assert str(missing) in caught.value.message
