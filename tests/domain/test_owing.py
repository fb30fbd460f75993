"""What a room waits for, from whom; who is spared; and how often they may be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.nudging import AGAIN_AFTER, AT_MOST, WINDOW, again_at, room_at
from migrations_app.domain.owing import Chair, StepWait, Waits, owed
from migrations_app.domain.plan.people import Role
from migrations_app.domain.presence import FADES_AFTER, Presence, presence

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
ROLES = st.sampled_from(Role)
CHAIRS = st.builds(Chair, st.sampled_from(["ana", "raj"]), ROLES, st.booleans(), st.booleans())
STEPS = st.builds(
    StepWait, st.sampled_from(["warm", "look"]), st.just("a step"), ROLES,
    st.sampled_from(["", "ana", "raj"]), st.none(),
)  # fmt: skip
WAITS = st.builds(
    Waits,
    unsigned=st.frozensets(ROLES),
    signed=st.frozensets(st.sampled_from(["ana", "raj"])),
    strict=st.booleans(),
    steps=st.lists(STEPS, max_size=2, unique_by=lambda step: step.name),
    decision=st.sampled_from(["", "Go or No-Go"]),
    update_due_at=st.sampled_from([None, NOW]),
    offers=st.dictionaries(st.sampled_from(["ana", "raj"]), st.just("an answer"), max_size=1),
    vacant=st.frozensets(ROLES),
)
MOMENTS = st.lists(st.integers(0, 1200).map(lambda s: NOW - timedelta(seconds=s)), max_size=40)


def chair(name: str, role: Role, *, backup: bool = False) -> Chair:
    return Chair(name, role, backup, first=True)


def abouts(one: Chair, waits: Waits) -> list[tuple[str, bool]]:
    return [(found.about, found.standing_in) for found in owed(one, waits)]


@given(CHAIRS, WAITS)
def test_nobody_is_asked_twice_for_the_same_in_one_role(one: Chair, waits: Waits) -> None:
    found = [what.about for what in owed(one, waits)]
    assert len(found) == len(set(found))


@given(CHAIRS, WAITS)
def test_a_backup_is_spared_while_somebody_holds_the_role(one: Chair, waits: Waits) -> None:
    for found in owed(one, waits):
        if found.standing_in:
            assert one.backup
            assert one.role not in waits.vacant


@given(CHAIRS, WAITS)
def test_who_backs_up_the_dri_is_never_waited_for_to_decide(one: Chair, waits: Waits) -> None:
    if one.backup:
        assert "decision" not in [found.about for found in owed(one, waits)]


@given(CHAIRS)
def test_a_room_that_waits_for_nothing_owes_nothing(one: Chair) -> None:
    assert owed(one, Waits()) == ()


def test_a_step_is_owed_by_who_took_it_and_before_that_by_its_role() -> None:
    free = StepWait("warm", "Warm", Role.DATABASE, "", None)
    taken = StepWait("warm", "Warm", Role.DATABASE, "lee", None)
    raj, lee = chair("raj", Role.DATABASE), chair("lee", Role.INFRASTRUCTURE)
    assert abouts(raj, Waits(steps=[free])) == [("step:warm", False)]
    assert abouts(lee, Waits(steps=[free])) == []
    assert abouts(raj, Waits(steps=[taken])) == []
    assert abouts(lee, Waits(steps=[taken])) == [("step:warm", False)]


def test_who_signed_is_not_asked_again_for_another_role() -> None:
    waits = Waits(unsigned=[Role.DATABASE], signed=["raj"])
    assert abouts(chair("raj", Role.DATABASE), waits) == []
    assert abouts(chair("tom", Role.DATABASE, backup=True), waits) == [("sign_off", True)]


def test_at_a_gate_that_passes_by_itself_only_the_dri_signs_for_the_dri() -> None:
    waits = Waits(unsigned=[Role.DRI], strict=True, vacant=[Role.DRI])
    assert abouts(chair("tom", Role.DRI, backup=True), waits) == []
    assert abouts(chair("ana", Role.DRI), waits) == [("sign_off", False)]


def test_an_offer_is_told_once_to_a_person_of_many_roles() -> None:
    waits = Waits(offers={"raj": "an answer to ana"})
    assert abouts(Chair("raj", Role.DATABASE, backup=False, first=True), waits)
    assert not abouts(Chair("raj", Role.COMMS_LEAD, backup=False, first=False), waits)


@given(MOMENTS)
def test_the_same_is_asked_at_most_once_in_two_minutes(nudged: list[datetime]) -> None:
    again = again_at(nudged, NOW)
    if again is None:
        assert all(NOW - at >= AGAIN_AFTER for at in nudged)
    else:
        assert NOW < again <= NOW + AGAIN_AFTER
        assert again_at(nudged, again) is None


@given(MOMENTS)
def test_a_room_is_nudged_so_often_and_no_more(nudged: list[datetime]) -> None:
    room = room_at(nudged, NOW)
    recent = [at for at in nudged if NOW - at < WINDOW]
    assert (room is None) is (len(recent) < AT_MOST)
    if room is not None:
        assert room > NOW
        assert room_at(nudged, room) is None


@given(st.integers(0, 300))
def test_presence_fades(seconds: int) -> None:
    age = timedelta(seconds=seconds)
    expected = Presence.HERE if age < FADES_AFTER else Presence.AWAY
    assert presence(NOW - age, NOW) is expected
    assert presence(None, NOW) is Presence.NEVER
