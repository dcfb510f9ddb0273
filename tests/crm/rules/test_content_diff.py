"""Differences of snapshots: empty exactly when the content is the same."""

import copy
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm.rules.canonical import canonical_bytes, is_empty
from crm.rules.content_diff import Change, ChangeKind, count_content, diff_content
from crm.rules.words import WordCounts

values = (
    st.sampled_from(["", "one day", "one week", "two weeks"])
    | st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.decimals(0, 2, places=1)
)
rows = st.lists(
    st.fixed_dictionaries({"id": st.integers(1, 4).map(str)}, optional={"text": values, "value": values}),
    max_size=4,
    unique_by=lambda row: row["id"],
)
parts = st.lists(
    st.fixed_dictionaries(
        {"key": st.sampled_from(["causes", "today", "cost"])}, optional={"text": values, "rows": rows}
    ),
    max_size=3,
    unique_by=lambda part: part["key"],
)
contents = st.fixed_dictionaries(
    {}, optional={"title": values, "parts": parts, "facts": st.dictionaries(st.sampled_from("ab"), values)}
)


def stripped(value):
    """The content without what is empty, rows kept."""
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if not is_empty(kept := stripped(item))}
    return [stripped(item) for item in value] if isinstance(value, list) else value


@given(contents, contents)
def test_there_are_no_changes_exactly_when_the_content_is_the_same(before, after):
    same = canonical_bytes(stripped(before)) == canonical_bytes(stripped(after))
    assert (diff_content(before, after) == []) == same


@given(contents)
def test_a_copy_has_no_changes(content):
    assert diff_content(content, copy.deepcopy(content)) == []


@given(contents, contents)
def test_there_and_back_name_the_same_places(before, after):
    there = {(c.path, c.row_id, c.field) for c in diff_content(before, after)}
    back = {(c.path, c.row_id, c.field) for c in diff_content(after, before)}
    assert there == back


def problem(causes, cost):
    return {"parts": [{"key": "causes", "rows": causes}, {"key": "cost", "text": cost, "per_year": Decimal("4.83")}]}


def test_rows_are_matched_by_id_and_texts_word_by_word():
    before = problem(
        [{"id": "1", "text": "It sees shipments."}, {"id": "2", "text": "Planned by hand."}], "It costs $1.20M."
    )
    after = problem([{"id": "2", "text": "Planned by hand."}, {"id": "3", "text": "No one asks."}], "It costs $1.57M.")
    added, removed, figure = diff_content(before, after)
    causes = ("parts", "causes", "rows")
    assert added == Change(causes, "3", "", ChangeKind.ADDED, None, {"id": "3", "text": "No one asks."})
    assert (removed.path, removed.row_id, removed.kind) == (causes, "1", ChangeKind.REMOVED)
    assert (figure.path, figure.row_id, figure.field, figure.kind) == (("parts",), "cost", "text", ChangeKind.CHANGED)
    assert [piece.text for piece in figure.pieces] == ["It costs ", "$1.20M", "$1.57M", "."]
    counts = count_content([added, removed, figure])
    assert counts.places == 3
    assert counts.words == WordCounts(words_added=3, words_removed=3, figures_changed=1)


def test_another_order_of_the_same_rows_is_shown_as_moved():
    one, two = {"id": "1", "text": "a"}, {"id": "2", "text": "b"}
    [moved] = diff_content({"rows": [one, two]}, {"rows": [two, one]})
    assert (moved.kind, moved.before, moved.after) == (ChangeKind.MOVED, ("1", "2"), ("2", "1"))
    assert count_content([moved]).words == WordCounts()


def test_numbers_written_differently_are_the_same_and_a_yes_is_not_a_one():
    assert diff_content({"v": Decimal("4.50")}, {"v": "4.5"}) == []
    [change] = diff_content({"v": True}, {"v": 1})
    assert change.kind == ChangeKind.CHANGED


def test_lists_whose_rows_have_no_ids_are_compared_whole():
    [change] = diff_content({"tags": ["a", "b"]}, {"tags": ["a", "c"]})
    assert (change.field, change.before, change.after) == ("tags", ["a", "b"], ["a", "c"])
