"""Who has to say yes to a stage move (product.md, "several buyers")."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ConsentStatus(StrEnum):
    """Whether a move has the yeses it needs."""

    SATISFIED = "satisfied"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class ConsentAnswer:
    """What one buyer answers to the move, in the words of `crm.rules.agreement.Answer`."""

    person_id: str
    roles: frozenset[str]
    answer: str


@dataclass(frozen=True)
class MoveConsent:
    """The state of a move's consent. Person ids are in the order of the answers.

    `waiting_for_roles` are required roles nobody has said yes in; `other_noes` are kept and shown, they do not block.
    """

    status: ConsentStatus
    agreed_by: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    waiting_for: tuple[str, ...] = ()
    waiting_for_roles: tuple[str, ...] = ()
    other_noes: tuple[str, ...] = ()


def move_consent_state(required_roles: Collection[str], answers: Sequence[ConsentAnswer]) -> MoveConsent:
    """Judge the answers to one move; `answers` in the order of time, of each person the last one counts.

    No required roles means: any one buyer. Then one current yes is enough, whoever else said no; without a yes, and
    with nobody left to answer, a no blocks. With required roles each role needs a yes from somebody in it, and a no
    from anybody in one of them blocks. A withdrawn yes counts no more. A contested one counts no more either, and
    the move waits for that person, until they answer anew or the record is withdrawn (then pass "withdrawn").
    """
    latest = {answer.person_id: answer for answer in answers}
    current = list(latest.values())
    agreed = _people(current, "agreed")
    contested = _people(current, "contested")
    must_answer = [a for a in current if not required_roles or a.roles & set(required_roles)]
    noes = _people(must_answer, "declined")
    asked = _people(must_answer, "asked", "change")
    filled = {role for answer in current if answer.answer == "agreed" for role in answer.roles}
    open_roles = tuple(role for role in dict.fromkeys(required_roles) if role not in filled)
    is_enough = not open_roles if required_roles else bool(agreed)
    if noes and (required_roles or not (agreed or asked or contested)):
        return MoveConsent(
            ConsentStatus.BLOCKED,
            agreed,
            noes,
            contested + asked,
            open_roles,
            _without(_people(current, "declined"), noes),
        )
    others = _people(current, "declined")
    if is_enough and not contested:
        return MoveConsent(ConsentStatus.SATISFIED, agreed, other_noes=others)
    waiting = contested if is_enough else contested + asked
    return MoveConsent(ConsentStatus.WAITING, agreed, (), waiting, open_roles, others)


def _people(answers: Iterable[ConsentAnswer], *kinds: str) -> tuple[str, ...]:
    return tuple(answer.person_id for answer in answers if answer.answer in kinds)


def _without(people: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    return tuple(person for person in people if person not in those)
