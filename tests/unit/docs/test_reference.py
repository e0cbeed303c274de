import importlib.util
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_SPEC = importlib.util.spec_from_file_location(
    "generate", _ROOT / "docs" / "reference" / "generate.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
generate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(generate)


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    written = (_ROOT / name).read_text()
    assert written == generate.PAGES[name](), "run: python docs/reference/generate.py"


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_every_entry_is_explained(name: str) -> None:
    for line in generate.PAGES[name]().splitlines():
        assert not line.endswith("|  |"), line
        assert line != "# ", "a setting without a word about it"
