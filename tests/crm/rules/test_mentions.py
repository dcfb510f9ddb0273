"""Who is meant by an @."""

from hypothesis import given
from hypothesis import strategies as st

from crm.rules.mentions import mentioned

PEOPLE = {1: "Maya Okafor", 2: "Ingrid Solberg", 3: "Ingrid Dahl", 4: "Erik Nyström", 5: "Мария Иванова"}


def test_full_and_first_names() -> None:
    assert mentioned("@Maya, would you? And @erik nyström too.", PEOPLE) == [1, 4]
    assert mentioned("@Мария: да?", PEOPLE) == [5]


def test_a_first_name_of_two_means_neither() -> None:
    assert mentioned("@Ingrid?", PEOPLE) == []
    assert mentioned("@Ingrid Dahl?", PEOPLE) == [3]


def test_addresses_and_longer_words_name_nobody() -> None:
    assert mentioned("write to x@maya.example or @Mayahuel or @@Maya", PEOPLE) == []


def test_two_people_with_one_name_are_not_told_apart() -> None:
    assert mentioned("@Anna Berg", {1: "Anna Berg", 2: "Anna Berg"}) == []


def test_each_once_in_the_order_of_the_text() -> None:
    assert mentioned("@Erik @Maya @Erik", PEOPLE) == [4, 1]


NAMES = st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=8)


@given(st.text(max_size=80), st.dictionaries(st.integers(0, 9), st.tuples(NAMES, NAMES).map(" ".join), max_size=6))
def test_never_anybody_who_is_not_written(text: str, people: dict[int, str]) -> None:
    found = mentioned(text, people)
    assert len(found) == len(set(found))
    for person in found:
        assert f"@{people[person].split()[0].casefold()}" in text.casefold()


@given(st.dictionaries(st.integers(0, 9), st.tuples(NAMES, NAMES).map(" ".join), min_size=1, max_size=6))
def test_full_names_are_found_when_they_are_one_persons(people: dict[int, str]) -> None:
    called = [name.casefold() for name in people.values()]
    for person, name in people.items():
        if called.count(name.casefold()) == 1:
            assert mentioned(f"@{name}", people) == [person]
