"""Merging two edits: nothing that anybody typed vanishes."""

from collections import Counter
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from crm.rules.merge import Conflict, Merge, is_all_in, merge_fields, merge_text

lines = st.lists(st.sampled_from(["", "a", "b", "c", "d", "A", "Z z"]), max_size=7)
texts = lines.map("\n".join)
fields = st.dictionaries(
    st.sampled_from(["today", "causes", "cost"]), texts | st.integers(0, 2) | st.none(), max_size=3
)


def paragraphs(text):
    return Counter(text.split("\n"))


@given(texts, texts, texts)
@example("a\nb", "a\nx\nb", "a\nb\ny")
@example("", "mine", "theirs")
def test_every_paragraph_somebody_wrote_is_in_the_result_or_in_a_conflict(base, mine, theirs):
    merged = merge_text(base, mine, theirs)
    for version, index in ((mine, 1), (theirs, 2)):
        written = set(version.split("\n")) - set(base.split("\n"))
        found = set(merged.text.split("\n"))
        for conflict in merged.conflicts:
            found |= set(conflict[index].split("\n"))
        assert written <= found
        assert written <= set(merged.together.split("\n"))


sentences = st.lists(
    st.sampled_from(["One a.", "Two b!", "Three 3.5 c.", "Four?", "Five e."]), min_size=1, max_size=5, unique=True
)


@given(sentences, sentences, sentences)
def test_both_versions_of_a_paragraph_put_together_lose_no_sentence_and_say_what_stayed_once(base, mine, theirs):
    together = merge_text(" ".join(base), " ".join(mine), " ".join(theirs)).together
    for sentence in {*mine, *theirs} - set(base):
        assert sentence in together
    for sentence in set(base) & set(mine) & set(theirs):
        assert sentence in together
    if mine[: len(base)] == base == theirs[: len(base)] and mine != theirs:
        assert together.startswith(" ".join(base))
        assert len(together) <= len(" ".join(theirs)) + len(" ".join(mine)) - len(" ".join(base)) + 1


@given(sentences, sentences)
def test_a_version_is_all_there_when_each_of_its_sentences_is(one, other):
    assert is_all_in(" ".join(one), "\n".join(other + one))
    assert is_all_in(" ".join(one), " ".join(other)) == set(one).issubset(other)
    assert is_all_in("", " ".join(other))
    assert not is_all_in("6", "60")


def test_two_ends_of_one_sentence_are_put_together_without_repeating_the_rest():
    base = "The forecast sees shipments. It cannot see one store."
    theirs = f"{base} Promotions are fixed five weeks ahead."
    mine = base.replace("shipments", "shipments, not sales") + " Nobody counts the extra demand."
    assert merge_text(base, mine, theirs).together == (
        "The forecast sees shipments, not sales. It cannot see one store."
        " Promotions are fixed five weeks ahead. Nobody counts the extra demand."
    )


@given(texts, texts)
def test_an_unchanged_side_gives_the_other_side(base, edited):
    assert merge_text(base, edited, base).text == edited
    assert merge_text(base, base, edited).text == edited
    assert merge_text(base, edited, edited).text == edited
    assert not merge_text(base, edited, base).conflicts


@given(texts, texts, texts)
def test_it_does_not_matter_who_was_first_but_for_the_order(base, mine, theirs):
    one, other = merge_text(base, mine, theirs), merge_text(base, theirs, mine)
    assert Counter((b, *sorted((m, t))) for b, m, t in one.conflicts) == Counter(
        (b, *sorted((m, t))) for b, m, t in other.conflicts
    )
    assert paragraphs(one.together) == paragraphs(other.together)
    if not one.conflicts:
        assert paragraphs(one.text) == paragraphs(other.text)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=6, unique=True), st.data())
def test_changes_of_different_paragraphs_never_conflict(base, data):
    mine_at, theirs_at = data.draw(st.permutations(range(len(base))))[:2]
    mine, theirs, expected = list(base), list(base), list(base)
    mine[mine_at] = expected[mine_at] = "mine"
    theirs[theirs_at] = expected[theirs_at] = "theirs"
    merged = merge_text("\n".join(base), "\n".join(mine), "\n".join(theirs))
    assert (merged.text, merged.conflicts) == ("\n".join(expected), ())


def test_the_same_paragraph_changed_by_both_is_a_conflict_with_both_versions():
    base = "It sees shipments.\nWhy now?"
    merged = merge_text(
        base, "It sees shipments, late.\nWhy now?", "It sees shipments. No promotions.\nWhy now?\nMore."
    )
    assert merged.text == "It sees shipments. No promotions.\nWhy now?\nMore."
    assert merged.conflicts == (
        ("It sees shipments.", "It sees shipments, late.", "It sees shipments. No promotions."),
    )
    assert merged.together == "It sees shipments, late. No promotions.\nWhy now?\nMore."


def test_what_both_added_at_the_same_place_is_kept_from_both_and_the_same_words_once():
    assert merge_text("a", "a\nmine", "a\ntheirs").text == "a\ntheirs\nmine"
    assert merge_text("a\nb", "a\nsame\nb\nmine", "a\nsame\nb").text == "a\nsame\nb\nmine"
    assert merge_text("a\nb", "A\na\nb\nsame", "a\nb\nsame").text == "A\na\nb\nsame"


def test_a_paragraph_one_removed_and_the_other_changed_is_a_conflict():
    merged = merge_text("a\nb\nc", "a\nc", "a\nB\nc")
    assert merged.conflicts == (("b", "", "B"),)


def test_the_line_ends_of_a_browser_are_no_change():
    assert merge_text("a\nb", "a\r\nmine", "A\nb").text == "A\nmine"


@given(fields, fields, fields)
def test_fields_follow_the_same_rules(base, mine, theirs):
    merged = merge_fields(base, mine, theirs)
    assert set(merged.values) == {*base, *mine, *theirs}
    assert merge_fields(base, mine, base).values == {**base, **mine}
    assert merge_fields(base, {}, theirs).values == {**base, **theirs}
    for name, value in mine.items():
        mentioned = [merged.values[name], *(c.mine for c in merged.conflicts if c.field == name)]
        if not isinstance(value, str):
            assert value in mentioned or value == base.get(name)
    assert set(merged.together) <= {conflict.field for conflict in merged.conflicts}


def test_two_values_of_one_field_are_a_conflict_and_other_fields_come_together():
    base = {"target": Decimal("4.5"), "unit": "%", "due": None}
    merged = merge_fields(base, {"target": Decimal("4.0"), "due": "x"}, {"target": Decimal("4.2"), "unit": "% of cost"})
    assert merged == Merge(
        {"target": Decimal("4.2"), "unit": "% of cost", "due": "x"},
        (Conflict("target", Decimal("4.5"), Decimal("4.0"), Decimal("4.2")),),
    )
    assert not merged.is_clean
