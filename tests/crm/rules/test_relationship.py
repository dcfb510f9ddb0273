"""How a line about a relationship reads."""

from hypothesis import given
from hypothesis import strategies as st

from crm.rules.relationship import Said, said_lines


def test_what_stands_after_a_colon_says_more() -> None:
    assert said_lines("We told them first: Ingrid, in January: well done\n\nAt 10:30 all came") == [
        Said("We told them first", "Ingrid, in January: well done"),
        Said("At 10:30 all came"),
    ]
    assert said_lines("") == []
    assert said_lines(": alone") == [Said(": alone")]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(":\n ")))
def test_no_word_is_left_out(text: str) -> None:
    said = [f"{one.what}: {one.more}" if one.more else one.what for one in said_lines(text)]
    assert said == [line.strip() for line in text.split("\n") if line.strip()]
