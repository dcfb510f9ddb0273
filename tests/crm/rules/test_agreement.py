"""The agreement glyph: every combination of up to three answers, against the table."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.agreement import AgreementState, Answer, AnswerData, agreement_state

S = AgreementState
START = datetime(2026, 3, 16, tzinfo=UTC)
NOW, OLD = "now", "old"
KINDS = list(product(["buyer", "seller"], list(Answer), [NOW, OLD]))


def rows(*kinds):
    return [
        AnswerData(side, answer, hash_, START + timedelta(days=day)) for day, (side, answer, hash_) in enumerate(kinds)
    ]


def by_the_table(kinds):
    """The table of the docstring, read line by line."""
    standing = [
        k
        for k in kinds
        if k[1] not in (Answer.REPLACED, Answer.CONTESTED, Answer.CANCELLED)
        and not (k[1] == Answer.ASKED and k[2] == OLD)
    ]
    if any(k[1] == Answer.AGREED and k[2] == NOW for k in standing):
        return S.BOTH
    if not standing:
        return S.NONE
    side, answer, _ = standing[-1]
    if answer in (Answer.DECLINED, Answer.WITHDRAWN):
        return {"buyer": S.DECLINED, "seller": S.DECLINED_SELLER}[side]
    if answer == Answer.CHANGE:
        return S.CHANGE
    if answer == Answer.AGREED or any(k[1] == Answer.AGREED for k in standing):
        return S.STALE
    return {"buyer": S.SELLER, "seller": S.BUYER}[side]


@pytest.mark.slow
@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_every_combination_follows_the_table(length):
    for kinds in product(KINDS, repeat=length):
        assert agreement_state(NOW, rows(*kinds)) == by_the_table(kinds), kinds


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], S.NONE),
        ([("buyer", "asked", NOW)], S.SELLER),
        ([("seller", "asked", NOW)], S.BUYER),
        ([("buyer", "asked", OLD)], S.NONE),
        ([("buyer", "agreed", NOW)], S.BOTH),
        ([("buyer", "agreed", OLD)], S.STALE),
        ([("buyer", "agreed", OLD), ("buyer", "asked", NOW)], S.STALE),
        ([("buyer", "agreed", NOW), ("buyer", "declined", NOW)], S.BOTH),
        ([("buyer", "agreed", OLD), ("buyer", "change", NOW)], S.CHANGE),
        ([("buyer", "change", OLD), ("buyer", "asked", NOW)], S.SELLER),
        ([("buyer", "declined", OLD)], S.DECLINED),
        ([("buyer", "withdrawn", NOW)], S.DECLINED),
        ([("seller", "withdrawn", NOW)], S.DECLINED_SELLER),
        ([("buyer", "contested", NOW)], S.NONE),
        ([("buyer", "contested", NOW), ("buyer", "asked", NOW)], S.SELLER),
        ([("buyer", "declined", OLD), ("buyer", "agreed", NOW)], S.BOTH),
    ],
)
def test_the_cases_people_meet(kinds, state):
    assert agreement_state(NOW, rows(*kinds)) == state


@given(st.lists(st.sampled_from(KINDS), max_size=6), st.randoms())
def test_the_order_in_which_rows_come_does_not_matter(kinds, random):
    ordered = rows(*kinds)
    shuffled = list(ordered)
    random.shuffle(shuffled)
    assert agreement_state(NOW, shuffled) == agreement_state(NOW, ordered)


@given(st.lists(st.sampled_from(KINDS), max_size=6))
def test_superseded_answers_say_nothing(kinds):
    gone = [AnswerData(r.asked_side, r.answer, r.revision_hash, r.at, superseded=True) for r in rows(*kinds)]
    assert agreement_state(NOW, gone) == S.NONE


def test_of_two_at_the_same_time_the_later_row_is_the_newer():
    one, other = AnswerData("buyer", "change", NOW, START), AnswerData("buyer", "declined", NOW, START)
    assert agreement_state(NOW, [one, other]) == S.DECLINED
    assert agreement_state(NOW, [other, one]) == S.CHANGE


def test_glyph_names_are_those_of_the_sprite():
    assert {state.glyph for state in S} == {
        "g-none", "g-seller", "g-buyer", "g-change", "g-both", "g-stale", "g-declined", "g-declined-seller",
    }  # fmt: skip
