"""When a step of a stage's guidance appears: what is true of the deal, as far as it is written down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Condition(StrEnum):
    """What a step may wait for. Only what a deal says by itself: nothing here is guessed."""

    ALWAYS = ""
    PARTNER = "partner"  # somebody of a partner is on the map
    LEGAL = "legal"  # somebody with the role legal is on the map
    PROCUREMENT = "procurement"  # somebody with the role procurement is on the map
    ONE_PERSON = "one_person"  # a single person of the buying side is on the map
    AMOUNT = "amount"  # the deal's amount is above one that the step names


@dataclass(frozen=True)
class DealFacts:
    """What is known of a deal: the roles on its map, the sides, how many buyers, the amount in the base currency (or None)."""

    roles: Collection[str]
    sides: Collection[str]
    buyers: int
    amount: Decimal | None


def appears(step: Mapping[str, str], facts: DealFacts) -> bool:
    """Whether a step appears. What is not known is not true."""
    match step.get("condition", ""):
        case Condition.ALWAYS:
            return True
        case Condition.PARTNER:
            return "partner" in facts.sides
        case Condition.LEGAL | Condition.PROCUREMENT as role:
            return role in facts.roles
        case Condition.ONE_PERSON:
            return facts.buyers == 1
        case Condition.AMOUNT:
            return facts.amount is not None and facts.amount > Decimal(step["above"])
    return False
