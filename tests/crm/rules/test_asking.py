"""The same is not asked twice; a no stops the asking."""

from hypothesis import given
from hypothesis import strategies as st

from crm.rules.asking import may_ask_again

KINDS = ["asked", "agreed", "declined", "change", "withdrawn", "replaced", "contested", "cancelled"]


@given(st.sampled_from(KINDS), st.booleans())
def test_the_same_is_not_asked_twice(answer, reopened):
    allowed = may_ask_again(answer, "h", "h", reopened)
    always, on_reopening = {"contested", "replaced", "cancelled", "withdrawn"}, {"declined", "change"}
    assert allowed == (answer in always or (reopened and answer in on_reopening))
    assert may_ask_again(answer, "h", "changed", reopened)
    assert may_ask_again(None, "", "h")
