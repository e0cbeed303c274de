"""What ranks load before all else."""

import pytest

from cluster.preloads import preloads
from cluster.spec import Profile

TC, OMP = "libtcmalloc.so.4", "/venv/lib/libiomp5.so"


@pytest.mark.parametrize(
    ("profile", "found", "expected"),
    [
        (Profile.NATIVE, [(TC, OMP), (TC, OMP)], (TC,)),
        (Profile.INTEL, [(TC, OMP), (TC, OMP)], (TC, OMP)),
        (Profile.INTEL, [(TC, OMP), ("", OMP)], (OMP,)),
        (Profile.INTEL, [(TC, OMP), ("/usr/lib/libtcmalloc.so", "")], ()),
        (Profile.INTEL, [("", "")], ()),
    ],
)
def test_only_what_all_hosts_have_in_the_same_place(
    profile: Profile, found: list[tuple[str, str]], expected: tuple[str, ...]
) -> None:
    assert preloads(profile, found) == expected
