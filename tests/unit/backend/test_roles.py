"""Who may do what, and how much of it."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import BackendError, ErrorCode
from backend.people import OPERATOR, Asker, Person, Standing
from backend.roles import (
    DAY,
    HOUR,
    Rules,
    Spent,
    Usage,
    Who,
    can_see,
    check_admin,
    check_artist,
    check_keeper,
    check_open_jobs,
    check_quotas,
    check_teacher,
    free_again,
)
from backend.views import ConceptView, Share, ShareKind
from cluster.spec import LearnableProperty
from tests.fakes import START

ADA, LIN = Person("T", "ada"), Person("T", "lin")
CONCEPT = ConceptView(
    token="<dicoo>",
    version=1,
    owner=ADA,
    initializer="toy",
    learnable_property=LearnableProperty.OBJECT,
    base_hash="base",
    sha256="ab" * 32,
    vectors=1,
    embedding=Path("dicoo.safetensors"),
    created_at=START,
    improvement=None,
    samples=(),
    job_id=None,
)
people = st.sampled_from([ADA, LIN, Person("T2", "ada")])
standings = st.builds(Standing, *[st.booleans()] * 4)
channels = st.sampled_from(["", "toys", "general"])
askers = st.builds(Asker, people, standings, channels)
names = st.lists(st.sampled_from(["ada", "lin", "max"]), max_size=2).map(tuple)
rules_ = st.builds(
    Rules,
    who_teaches=st.sampled_from(Who),
    teachers=names,
    who_imagines=st.sampled_from(Who),
    artists=names,
    guests=st.booleans(),
    strangers=st.booleans(),
    channels=st.lists(st.sampled_from(["toys", "general"]), max_size=1).map(tuple),
    draining=st.booleans(),
)
spendings = st.lists(
    st.builds(
        Spent,
        st.integers(0, 2 * 3600).map(lambda ago: START - timedelta(seconds=ago)),
        st.integers(1, 8),
    ),
    max_size=12,
)


def _refusal(rules: Rules, asker: Asker) -> ErrorCode | None:
    try:
        check_teacher(rules, asker)
    except BackendError as error:
        return error.code
    return None


@given(askers)
def test_without_rules_every_member_may_do_everything(asker: Asker) -> None:
    outside = asker.standing.is_guest or asker.standing.is_stranger
    assert (_refusal(Rules(), asker) is ErrorCode.GUEST) is outside


@given(rules_, askers)
def test_guests_and_strangers_never_slip_in(rules: Rules, asker: Asker) -> None:
    for is_outside, allowed in (
        (asker.standing.is_guest, rules.guests),
        (asker.standing.is_stranger, rules.strangers),
    ):
        if is_outside and not allowed:
            assert _refusal(rules, asker) is ErrorCode.GUEST


@given(rules_, askers)
def test_to_be_an_admin_never_takes_anything_away(rules: Rules, asker: Asker) -> None:
    admin = replace(asker, standing=replace(asker.standing, is_admin=True))
    if _refusal(rules, asker) is None:
        assert _refusal(rules, admin) is None


@given(rules_, askers)
def test_who_is_let_teach_is_named_by_the_rules(rules: Rules, asker: Asker) -> None:
    if _refusal(rules, asker) is not None:
        return
    assert not rules.draining
    here = not rules.channels or not asker.channel or asker.channel in rules.channels
    assert here or asker.standing.is_direct
    assert (
        rules.who_teaches is Who.EVERYONE
        or asker.standing.is_admin
        or (rules.who_teaches is Who.LISTED and asker.person.user in rules.teachers)
    )


@given(rules_)
def test_an_operator_is_let_in_whatever_the_rules_are(rules: Rules) -> None:
    check_teacher(rules, Asker(ADA, OPERATOR))
    check_artist(rules, Asker(ADA, OPERATOR))


@given(spendings, st.integers(1, 8), st.integers(0, 20))
def test_a_quota_is_free_again_exactly_then(spent: list[Spent], wanted: int, most: int) -> None:
    def counted(at_seconds: float) -> int:
        at = START + timedelta(seconds=at_seconds)
        return sum(one.amount for one in spent if one.at > at - HOUR)

    free = free_again(spent, wanted, most, HOUR, START)
    if wanted > most:
        assert free is None
        return
    assert free is not None
    seconds = (free - START).total_seconds()
    assert 0 <= seconds <= HOUR.total_seconds()
    assert counted(seconds) + wanted <= most
    if seconds:
        assert counted(seconds - 1) + wanted > most


@given(st.lists(st.integers(1, 8 * 3600), max_size=30), st.integers(1, 4))
def test_no_window_ever_holds_more_than_the_quota(pauses: list[int], most: int) -> None:
    now = START
    given_: list[Spent] = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        usage = Usage(renders=tuple(given_))
        with contextlib.suppress(BackendError):
            check_quotas(Rules(renders_a_day=most), usage, 1, now)
            given_.append(Spent(now, 1))
    for end in given_:
        assert sum(end.at - DAY < one.at <= end.at for one in given_) <= most


def test_more_than_ever_fits_has_no_time() -> None:
    with pytest.raises(BackendError) as caught:
        check_quotas(Rules(pictures_an_hour=3), Usage(), 4, START)
    assert (caught.value.code, caught.value.at) == (ErrorCode.QUOTA_REACHED, None)


@given(st.integers(0, 5), st.integers(0, 5))
def test_open_jobs_are_counted(most: int, there: int) -> None:
    rules = Rules(open_jobs=most)
    if there < most:
        check_open_jobs(rules, there)
    else:
        with pytest.raises(BackendError):
            check_open_jobs(rules, there)


@given(askers, st.sets(st.sampled_from(["ada", "lin"])), st.sets(st.sampled_from(["toys"])))
def test_a_private_concept_is_seen_by_whom_it_is_shared_with(
    asker: Asker, users: set[str], places: set[str]
) -> None:
    shares = {Share(ShareKind.PERSON, user) for user in users}
    shares |= {Share(ShareKind.CHANNEL, place) for place in places}
    private = replace(CONCEPT, is_private=True, shares=frozenset(shares))
    expected = asker.person == ADA or asker.person.user in users or asker.channel in places
    assert can_see(private, asker) is expected
    assert can_see(CONCEPT, asker)
    assert not can_see(private, None)


def test_only_its_teacher_and_admins_change_a_concept() -> None:
    check_keeper(CONCEPT, Asker(ADA))
    check_keeper(CONCEPT, Asker(LIN, Standing(is_admin=True)))
    with pytest.raises(BackendError) as caught:
        check_keeper(CONCEPT, Asker(LIN))
    assert caught.value.code is ErrorCode.NOT_YOURS
    with pytest.raises(BackendError):
        check_admin(Standing())
