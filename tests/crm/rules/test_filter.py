"""The language of filters: what is written reads back as the same, and what cannot be read is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.filter import (
    Condition,
    FieldType,
    FilterFault,
    Group,
    added,
    checked,
    from_json,
    parse,
    part_at,
    replaced,
    text_of,
    to_json,
    values_of,
)
from crm.rules.period import OFFERED, period

words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)
conditions = st.builds(
    Condition,
    words,
    st.sampled_from(["is", "has", "between", "empty"]),
    st.lists(words | st.sampled_from([";", "any(", "%3B", "a,b:c"]), max_size=3).map(tuple),
)
groups = st.recursive(
    conditions,
    lambda parts: st.builds(Group, st.sampled_from(["all", "any"]), st.lists(parts, min_size=1, max_size=3).map(tuple)),
    max_leaves=8,
).map(lambda part: part if isinstance(part, Group) else Group("all", (part,)))


def depth(group: Group) -> int:
    return 1 + max((depth(part) for part in group.parts if isinstance(part, Group)), default=0)


shallow = groups.filter(lambda group: depth(group) <= 4)


def holds(part: Condition | Group, true: set[Condition]) -> bool:
    """What a filter means, given which conditions hold."""
    if isinstance(part, Condition):
        return part in true
    return (all if part.mode == "all" else any)(holds(one, true) for one in part.parts)


@given(shallow)
def test_an_address_reads_back_as_the_same_filter(group: Group) -> None:
    plain = checked(group)
    assert parse(text_of(plain)) == plain
    assert parse(text_of(group)) == plain


@given(shallow)
def test_json_reads_back_as_the_same_filter(group: Group) -> None:
    assert from_json(to_json(group)) == checked(group)


@given(shallow, st.data())
def test_the_plain_form_means_the_same(group: Group, data: st.DataObject) -> None:
    some = group.conditions
    true = {one for one in some if data.draw(st.booleans())}
    plain = checked(group)
    assert plain.mode == "all"
    assert checked(plain) == plain
    assert holds(plain, true) == holds(group, true)


@given(shallow, conditions, st.data())
def test_one_condition_more_or_instead_means_that(group: Group, new: Condition, data: st.DataObject) -> None:
    plain = checked(group)
    true = {one for one in [*plain.conditions, new] if data.draw(st.booleans())}
    assert holds(added(plain, (), new), true) == (holds(plain, true) and new in true)
    place = data.draw(st.integers(0, len(plain.parts) - 1))
    others = [holds(one, true) for at, one in enumerate(plain.parts) if at != place]
    either = added(plain, (place,), new)
    assert holds(either, true) == (all(others) and (holds(plain.parts[place], true) or new in true))
    assert holds(replaced(plain, (place,), new), true) == (all(others) and new in true)
    assert holds(replaced(plain, (place,), None), true) == all(others)
    assert replaced(plain, (99,), new) == plain
    assert part_at(plain, (place, 0, 0, 0, 0, 0)) is None


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        group = parse(text)
    except FilterFault:
        return
    assert parse(text_of(group)) == group


def test_a_filter_as_people_share_it() -> None:
    group = parse("status:is:open;any(amount:at_least:100000;owner:is:me,7f)")
    assert group == Group(
        "all",
        (
            Condition("status", "is", ("open",)),
            Group("any", (Condition("amount", "at_least", ("100000",)), Condition("owner", "is", ("me", "7f")))),
        ),
    )
    assert parse("") == Group()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("status", "syntax"),
        ("any()", "syntax"),
        ("any(a:is:b", "syntax"),
        ("a:is:b)", "syntax"),
        (";", "syntax"),
        ("a:is:b;;c:is:d", "syntax"),
        ("any(" * 6 + "a:is:b" + ")" * 6, "too_deep"),
        (";".join(["a:is:b"] * 31), "too_many"),
        ("a:is:" + "x" * 201, "too_long"),
        ("a:is:%00", "syntax"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, code: str) -> None:
    with pytest.raises(FilterFault) as refused:
        parse(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "data", [[], "x", {"none": []}, {"all": [{"any": []}]}, {"field": "a"}, {"field": "a", "op": 1}, {"all": 1},
             {"field": "a", "op": "is", "values": [1]}, {"field": "a", "op": "is", "more": 1}],
)  # fmt: skip
def test_json_that_is_no_filter_is_refused(data: object) -> None:
    with pytest.raises(FilterFault):
        from_json(data)


@pytest.mark.parametrize(
    ("type_", "op", "values", "code"),
    [
        ("text", "at_least", ["1"], "operator"),
        ("text", "empty", [], "operator"),
        ("number", "is", ["x"], "not_a_number"),
        ("number", "is", ["NaN"], "not_a_number"),
        ("number", "between", ["1"], "count"),
        ("day", "before", ["2026-02-30"], "not_a_day"),
        ("day", "in", ["some-day"], "period"),
        ("yes_no", "is", ["maybe"], "yes_no"),
        ("choice", "is", [], "count"),
    ],
)
def test_values_that_do_not_fit_are_refused(type_: str, op: str, values: list[str], code: str) -> None:
    with pytest.raises(FilterFault) as refused:
        values_of(Condition("a", op, tuple(values)), FieldType(type_), may_be_empty=False, today=date(2026, 4, 14))
    assert refused.value.code == code


days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(days, st.sampled_from(["week", "month", "quarter", "year"]))
def test_periods_follow_one_another(today: date, what: str) -> None:
    last, this, following = (period(f"{which}-{what}", today) for which in ("last", "this", "next"))
    assert last
    assert this
    assert following
    assert this[0] <= today <= this[1]
    assert last[1] + timedelta(days=1) == this[0]
    assert this[1] + timedelta(days=1) == following[0]


@given(days, st.integers(1, 999))
def test_a_number_of_days_is_that_many(today: date, count: int) -> None:
    ahead, behind = period(f"next-{count}-days", today), period(f"last-{count}-days", today)
    assert ahead
    assert behind
    assert (ahead[1] - ahead[0]).days == (behind[1] - behind[0]).days == count - 1
    assert ahead[0] == behind[1] == today


def test_every_period_on_offer_is_one() -> None:
    assert all(period(name, date(2026, 4, 14)) for name in OFFERED)
    assert period("next-0-days", date(2026, 4, 14)) is None
