"""The double size of a picture that is there is not drawn again."""

from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from backend.claims import PictureClaim
from backend.enlarging import enlarged
from backend.picture_file import save_picture
from backend.recipe import RenderPrecision, Upscaler
from backend.store import Store
from backend.upscale import upscaled
from tests.backend_story import LEASE, imagine, new_render
from tests.fakes import START


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_mandelbrot((64, 64), (-2, -1.5, 1, 1.5), 40).convert("RGB")


@pytest.fixture
async def claim(store: Store, picture: Image.Image) -> PictureClaim:
    """A claim on the double size of a picture that is there."""
    await imagine(store, "small", count=1)
    [small] = await store.claim_pictures("w", 1, START, LEASE)
    recipe = small.recipe.model_copy(update={"precision": RenderPrecision.BF16})
    save_picture(small.out, picture, recipe)
    await store.finish_picture(small, small.out, recipe, False)
    large = recipe.model_copy(update={"upscale": Upscaler.LANCZOS})
    new = replace(new_render("large", count=1), recipes=(large,), enlarges=small.out)
    await store.renders.add(new, START)
    [claim] = await store.claim_pictures("w", 1, START, LEASE)
    return claim


async def test_it_is_made_from_the_file(claim: PictureClaim, picture: Image.Image) -> None:
    drawn = enlarged(claim)
    assert drawn is not None
    assert drawn.recipe == claim.recipe
    assert drawn.picture.size == (128, 128)
    assert ImageChops.difference(drawn.picture, upscaled(picture)).getbbox() is None


async def test_it_is_drawn_where_the_file_is_gone_or_another(claim: PictureClaim) -> None:
    assert claim.enlarges is not None
    assert enlarged(replace(claim, enlarges=None)) is None
    other = claim.recipe.model_copy(update={"seed": 99})
    assert enlarged(replace(claim, recipe=other)) is None
    claim.enlarges.write_bytes(b"no picture")
    assert enlarged(claim) is None
    claim.enlarges.unlink()
    assert enlarged(claim) is None
