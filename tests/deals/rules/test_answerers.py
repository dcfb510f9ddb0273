"""Who must say yes: any one buyer, or each required role; a no from somebody who must answer blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.rules.answerers import ConsentAnswer, ConsentStatus, move_consent_state

ROLES = ["economic_buyer", "decision_maker", "champion", "legal"]
KINDS = ["asked", "agreed", "declined", "change", "withdrawn", "replaced", "contested", "cancelled"]
S = ConsentStatus
answers = st.lists(
    st.builds(
        ConsentAnswer,
        st.sampled_from("pqrs"),
        st.frozensets(st.sampled_from(ROLES), max_size=2),
        st.sampled_from(KINDS),
    ),
    max_size=6,
)
role_sets = st.lists(st.sampled_from(ROLES), max_size=3, unique=True)


def say(person, answer, *roles):
    return ConsentAnswer(person, frozenset(roles), answer)


def latest(given_answers):
    return list({a.person_id: a for a in given_answers}.values())


@given(answers)
def test_any_one_buyer_is_enough_unless_a_yes_is_contested(given_answers):
    now = latest(given_answers)
    state = move_consent_state([], given_answers)
    has_yes = any(a.answer == "agreed" for a in now)
    contested = any(a.answer == "contested" for a in now)
    assert (state.status == S.SATISFIED) == (has_yes and not contested)
    if state.status == S.BLOCKED:
        assert not has_yes
        assert state.blocked_by


@given(role_sets.filter(bool), answers)
def test_required_roles_need_a_yes_each_and_no_no(roles, given_answers):
    now = latest(given_answers)
    state = move_consent_state(roles, given_answers)
    noes = {a.person_id for a in now if a.answer == "declined" and a.roles & set(roles)}
    every_role = all(any(role in a.roles and a.answer == "agreed" for a in now) for role in roles)
    contested = any(a.answer == "contested" for a in now)
    assert (state.status == S.BLOCKED) == bool(noes)
    assert set(state.blocked_by) == noes
    assert (state.status == S.SATISFIED) == (every_role and not noes and not contested)
    assert (state.waiting_for_roles == ()) == every_role


@given(role_sets, answers)
def test_every_current_no_is_shown_somewhere_and_waiting_names_people_once(roles, given_answers):
    state = move_consent_state(roles, given_answers)
    noes = {a.person_id for a in latest(given_answers) if a.answer == "declined"}
    assert set(state.blocked_by) | set(state.other_noes) == noes
    assert not set(state.blocked_by) & set(state.other_noes)
    assert len(set(state.waiting_for)) == len(state.waiting_for)


@given(role_sets, answers, st.sampled_from("pqrs"))
def test_a_yes_never_makes_it_worse(roles, given_answers, person):
    before = move_consent_state(roles, given_answers)
    own = [a for a in given_answers if a.person_id == person]
    more = move_consent_state(roles, [*given_answers, say(person, "agreed", *(own[-1].roles if own else ()))])
    rank = [S.SATISFIED, S.WAITING, S.BLOCKED]
    assert rank.index(more.status) <= rank.index(before.status)


@pytest.mark.parametrize(
    ("roles", "given_answers", "status"),
    [
        ([], [], S.WAITING),
        ([], [say("p", "asked")], S.WAITING),
        ([], [say("p", "agreed"), say("q", "declined")], S.SATISFIED),
        ([], [say("p", "declined")], S.BLOCKED),
        ([], [say("p", "declined"), say("q", "asked")], S.WAITING),
        ([], [say("p", "agreed"), say("p", "withdrawn")], S.WAITING),
        ([], [say("p", "agreed"), say("q", "contested")], S.WAITING),
        ([], [say("q", "contested"), say("q", "agreed")], S.SATISFIED),
        (["legal"], [say("p", "agreed", "champion")], S.WAITING),
        (["legal"], [say("p", "agreed", "legal"), say("q", "declined", "champion")], S.SATISFIED),
        (["legal"], [say("p", "agreed", "legal"), say("q", "declined", "legal")], S.BLOCKED),
        (["legal", "champion"], [say("p", "agreed", "legal", "champion")], S.SATISFIED),
    ],
)
def test_the_cases_people_meet(roles, given_answers, status):
    assert move_consent_state(roles, given_answers).status == status
