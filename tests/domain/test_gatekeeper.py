"""What Go waits for."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.gatekeeper import (
    CheckFact,
    blocking,
    check_needs,
    eyes_needs,
    missing_roles,
    role_needs,
    step_needs,
)
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.people import Role

FRESH, PATIENCE = timedelta(seconds=1), timedelta(seconds=10)


def fact(status: str, age: timedelta | None = FRESH) -> CheckFact:
    return CheckFact("lag", status, f"lag is {status}", age, PATIENCE)


@given(st.sampled_from(["FAIL", "PENDING", "NO_DATA", "whatever"]))
def test_only_a_pass_passes(status: str) -> None:
    assert check_needs([fact(status)])
    assert not check_needs([fact("PASS")])


def test_a_pass_that_is_old_or_was_never_judged_does_not_count() -> None:
    assert check_needs([fact("PASS", timedelta(seconds=11))])[0].code == "stale"
    assert check_needs([fact("PASS", None)])[0].code == "stale"
    assert not check_needs([fact("PASS", PATIENCE)])


def test_only_a_fail_can_be_gone_over() -> None:
    for status, open_to_override in (("FAIL", True), ("NO_DATA", False), ("PENDING", False)):
        needs = check_needs([fact(status)])
        assert (blocking(needs, ["lag"]) == []) is open_to_override
    assert blocking(check_needs([fact("FAIL", None)]), ["lag"])


def test_the_decider_signs_by_deciding_but_only_for_a_role_the_gate_asks() -> None:
    gate = Gate.model_validate({"roles": ["dri", "database"]})
    assert missing_roles(gate, []) == [Role.DRI, Role.DATABASE]
    assert missing_roles(gate, [], Role.DRI) == [Role.DATABASE]
    assert missing_roles(gate, [Role.DATABASE], Role.DRI) == []
    assert missing_roles(gate, [Role.DATABASE], Role.COMMS_LEAD) == [Role.DRI]


def test_a_quorum_smaller_than_the_roles() -> None:
    gate = Gate.model_validate({"roles": ["dri", "database", "infrastructure"], "quorum": 2})
    assert missing_roles(gate, [Role.DATABASE, Role.INFRASTRUCTURE]) == []
    assert role_needs(gate, [Role.DATABASE])


@given(st.lists(st.sampled_from(list(Role))))
def test_more_signatures_never_make_more_needs(signed: list[Role]) -> None:
    gate = Gate.model_validate({"roles": {"dri": 1, "database": 2}, "quorum": 3})
    more = [*signed, Role.DATABASE]
    assert len(missing_roles(gate, more)) <= len(missing_roles(gate, signed))


def test_steps_that_are_not_done_are_named() -> None:
    assert [need.name for need in step_needs(["drain", "warm"], {"warm"})] == ["drain"]


NAMES = st.lists(st.sampled_from(["ana", "raj", "lee"]), max_size=4)


@given(NAMES, st.sampled_from([None, "ana", "raj"]), st.booleans())
def test_four_eyes_are_two_people(signers: list[str], decider: str | None, asked: bool) -> None:
    gate = Gate.model_validate({"roles": ["dri"], "four_eyes": asked})
    eyes = set(signers) | ({decider} if decider else set())
    assert (eyes_needs(gate, signers, decider) == []) is (not asked or len(eyes) > 1)
