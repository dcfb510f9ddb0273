"""When a step of the guidance appears."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from deals.rules.guidance import Condition, DealFacts, appears

ROLES = st.sets(st.sampled_from(["legal", "procurement", "champion"]))
SIDES = st.sets(st.sampled_from(["buyer", "seller", "partner"]))
AMOUNTS = st.decimals(0, 10**9, places=2)
FACTS = st.builds(DealFacts, roles=ROLES, sides=SIDES, buyers=st.integers(0, 9), amount=st.none() | AMOUNTS)


@given(FACTS, AMOUNTS)
def test_a_step_appears_only_when_the_deal_says_so(facts: DealFacts, above: Decimal) -> None:
    def shown(condition: str) -> bool:
        return appears({"text": "x", "condition": condition, "above": str(above)}, facts)

    assert shown(Condition.ALWAYS)
    assert shown(Condition.PARTNER) is ("partner" in facts.sides)
    assert shown(Condition.LEGAL) is ("legal" in facts.roles)
    assert shown(Condition.PROCUREMENT) is ("procurement" in facts.roles)
    assert shown(Condition.ONE_PERSON) is (facts.buyers == 1)
    assert shown(Condition.AMOUNT) is (facts.amount is not None and facts.amount > above)
    assert not shown("full moon")
