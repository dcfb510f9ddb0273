"""The brief carries every agreed item exactly once, whatever the deal looked like."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.rules.brief import RISKS, AgreedItem, AgreedSection, ItemKind, RiskData, brief_items

words = st.text(max_size=8)
ids = st.integers(1, 30).map(str)
items = st.lists(st.builds(AgreedItem, ids, words, words), max_size=6, unique_by=lambda item: item.id).map(tuple)
sections = st.lists(
    st.builds(AgreedSection, st.sampled_from(["people", "problem", "criteria", "plan", "promises"]), ids, items),
    max_size=5,
    unique_by=lambda section: section.section,
)
risks = st.lists(st.builds(RiskData, ids, words), max_size=4, unique_by=lambda risk: risk.id)


@given(sections, risks, risks, risks)
def test_the_brief_is_the_same_set_as_what_was_agreed_and_what_is_open(agreed, waivers, lapsed, questions):
    brief = brief_items(agreed, waivers, lapsed, questions)
    expected = Counter(
        (section.section, ItemKind.AGREED, item.id, section.revision_id, item.title, item.body)
        for section in agreed
        for item in section.items
    )
    for kind, listed in (
        (ItemKind.WAIVER, waivers),
        (ItemKind.LAPSED_CONSENT, lapsed),
        (ItemKind.OPEN_QUESTION, questions),
    ):
        expected += Counter((RISKS, kind, risk.id, "", "", risk.body) for risk in listed)
    assert Counter((i.group, i.kind, i.source_id, i.revision_id, i.title, i.body) for i in brief) == expected
    assert len({(i.group, i.kind, i.source_id) for i in brief}) == len(brief)


@given(sections, risks, st.randoms())
def test_the_order_is_criteria_problem_people_others_risks(agreed, waivers, random):
    random.shuffle(agreed)
    brief = brief_items(agreed, waivers)
    rank = {"criteria": 0, "problem": 1, "people": 2, "plan": 3, "promises": 3, RISKS: 4}
    ranks = [rank[item.group] for item in brief]
    assert ranks == sorted(ranks)
    assert [item.position for item in brief] == list(range(1, len(brief) + 1))


@given(items)
def test_the_rows_of_a_section_keep_their_order(rows):
    assert [i.source_id for i in brief_items([AgreedSection("problem", "r", rows)])] == [row.id for row in rows]


def test_what_comes_twice_is_refused():
    section = AgreedSection("problem", "1", (AgreedItem("a", "one"),))
    with pytest.raises(ValueError, match="section comes twice: problem"):
        brief_items([section, AgreedSection("problem", "2", ())])
    with pytest.raises(ValueError, match="item of problem comes twice: a"):
        brief_items([AgreedSection("problem", "1", (*section.items, AgreedItem("a", "two")))])
    with pytest.raises(ValueError, match="waiver comes twice: w"):
        brief_items([], [RiskData("w"), RiskData("w")])
    with pytest.raises(ValueError, match="called risks"):
        brief_items([AgreedSection(RISKS, "1", ())])
