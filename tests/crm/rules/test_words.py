"""Word differences: nothing is lost in showing them."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules import matching
from crm.rules.words import Piece, PieceKind, WordCounts, count_words, diff_words

SAME, REMOVED, ADDED = PieceKind.SAME, PieceKind.REMOVED, PieceKind.ADDED
sentences = st.lists(
    st.sampled_from(["the", "shelf", " ", "  ", "\n", ", ", ". ", "$1.20M", "6.6", "é", "🙂", "שלום", "O’Brien", "-"]),
    max_size=25,
).map("".join)
texts = sentences | st.text(max_size=40)


def joined(pieces, *kinds):
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


@given(texts, texts)
def test_the_pieces_give_both_texts_back(before, after):
    pieces = diff_words(before, after)
    assert joined(pieces, SAME, REMOVED) == before
    assert joined(pieces, SAME, ADDED) == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in itertools.pairwise(pieces))


@given(texts, texts)
def test_the_pieces_give_both_texts_back_when_they_are_too_long_to_match(before, after):
    old, matching.MAX_PAIRS = matching.MAX_PAIRS, 3
    try:
        pieces = diff_words(before, after)
    finally:
        matching.MAX_PAIRS = old
    assert joined(pieces, SAME, REMOVED) == before
    assert joined(pieces, SAME, ADDED) == after


@given(texts)
def test_the_same_text_has_no_changes(text):
    assert diff_words(text, text) == ([Piece(SAME, text)] if text else [])
    assert count_words(diff_words(text, text)) == WordCounts()


@given(texts, texts)
def test_turning_the_texts_round_turns_the_totals_round(before, after):
    there, back = count_words(diff_words(before, after)), count_words(diff_words(after, before))
    assert there.words_added - there.words_removed == back.words_removed - back.words_added


def test_an_added_sentence_and_two_corrected_figures_read_as_in_the_revisions_screen():
    causes = "The forecast sees shipments, not sales."
    more = causes + " Promotions are fixed five weeks ahead, and nobody forecasts what they will add."
    assert diff_words(causes, more) == [Piece(SAME, causes), Piece(ADDED, more[len(causes) :])]
    assert count_words(diff_words(causes, more)) == WordCounts(words_added=13)
    cost = "fresh stock written off $1.20M, together $4.83M each year."
    now = "fresh stock written off $1.57M, together $5.20M each year."
    pieces = diff_words(cost, now)
    assert [p.text for p in pieces if p.kind != SAME] == ["$1.20M", "$1.57M", "$4.83M", "$5.20M"]
    assert count_words(pieces) == WordCounts(figures_changed=2)


def test_a_sign_stays_apart_from_its_word():
    assert diff_words("one day.", "one day, and more.") == [
        Piece(SAME, "one day"),
        Piece(ADDED, ", and more"),
        Piece(SAME, "."),
    ]


def test_words_replaced_side_by_side_read_as_one_run():
    assert diff_words("by hand once weekly.", "by machine every day.") == [
        Piece(SAME, "by "),
        Piece(REMOVED, "hand once weekly"),
        Piece(ADDED, "machine every day"),
        Piece(SAME, "."),
    ]


@pytest.mark.parametrize("unit", ["a ", "a.\n", "the shelf is empty on day two ", "\n", "🙂"])
def test_twenty_thousand_repeated_characters_take_no_long_time(unit):
    before = (unit * 20_000)[:20_000]
    after = "x " + before[: len(before) // 2] + " y " + before[len(before) // 2 :] + " z"
    started = time.perf_counter()
    pieces = diff_words(before, after)
    assert time.perf_counter() - started < 5
    assert joined(pieces, SAME, ADDED) == after
