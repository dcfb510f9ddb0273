"""Finding a person in texts and taking them out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.personal_data import Traces, traces_of

INGRID = traces_of("Ingrid Solberg", "ingrid@halvorsen.example", "+47 555 01 99", ("0190-id",))
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)
texts = st.recursive(
    words, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)


@pytest.mark.parametrize(
    "text",
    [
        "Ingrid Solberg",
        "ask INGRID SOLBERG.",
        "ask Ingrid\n  Solberg",
        "mail ingrid@halvorsen.example!",
        "(+47 555 01 99)",
        {"a": [{"by": "Ingrid Solberg’s"}]},
        {"ingrid@halvorsen.example": 1},
    ],
)
def test_found_and_taken_out(text: object) -> None:
    assert INGRID.are_in(text)
    assert not INGRID.are_in(INGRID.masked(text, "(erased)"))
    assert "(erased)" in str(INGRID.masked(text, "(erased)"))


@pytest.mark.parametrize(
    "text", ["Ingrid", "Solberg", "Ingrid Solbergsen", "xingrid@halvorsen.example", "", None, 7, []]
)
def test_nobody_in_particular(text: object) -> None:
    assert not INGRID.are_in(text)
    assert INGRID.masked(text, "(erased)") == text


def test_ids_are_found_and_stay() -> None:
    assert INGRID.are_in({"by": "0190-id"})
    assert INGRID.masked("0190-id", "x") == "0190-id"


def test_a_name_of_one_word_only_where_nothing_else_stands() -> None:
    will = traces_of("Will", phone="112")
    assert will.are_in(" will ")
    assert will.masked("WILL", "x") == "x"
    assert not will.are_in("It will rain, call 112.")
    assert not traces_of("").are_in("")
    assert not Traces("", ()).are_in(["", "a"])


@given(before=texts)
def test_what_names_nobody_comes_back_equal(before: object) -> None:
    masked = INGRID.masked(before, "(erased)")
    if not INGRID.are_in(before):
        assert masked == before
    assert not INGRID.are_in(masked)
    assert INGRID.masked(masked, "(erased)") == masked


@given(left=words, right=words)
def test_the_words_around_stay(left: str, right: str) -> None:
    assert INGRID.masked(f"1 {left} Ingrid Solberg {right}", "x") == f"1 {left} x {right}"


@given(name=st.text(min_size=1, max_size=30), email=words, phone=words, text=words)
def test_any_name_is_harmless(name: str, email: str, phone: str, text: str) -> None:
    traces = traces_of(name, email, phone)
    assert isinstance(traces.masked(text, "x"), str)
    assert not traces.are_in(traces.masked(name, "—")) or not name.strip()
