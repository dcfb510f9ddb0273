"""A warning when everything hangs on one buyer: if that person is away or leaves, the deal stops."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

#: So many yeses there must be before their spread says anything.
FEW_YESES = 2


@dataclass(frozen=True)
class WaitingQuestion:
    """Something that needs an answer (a section, a move, an offer) and the buyers who could give it."""

    subject: str
    could_answer: frozenset[str]


@dataclass(frozen=True)
class Dependence:
    """What hangs on one person: how many of the yeses were theirs, and what waits for nobody else."""

    person_id: str
    yeses: int
    total_yeses: int
    waits_for: tuple[str, ...]
    is_only_answerer: bool


def hangs_on_one(
    yes_givers: Sequence[str], can_answer: Collection[str], waiting: Sequence[WaitingQuestion] = ()
) -> Dependence | None:
    """Return the buyer on whom much hangs, or None.

    `yes_givers` names, for each yes to a stage move, who gave it; `can_answer` all buyers on the deal who can answer
    for their side. Much hangs on a person who is the only one who can answer once a yes has been given, or who gave
    more than half of at least `FEW_YESES` yeses while something open waits for nobody else.
    """
    if not yes_givers:
        return None
    counts = Counter(yes_givers)
    person_id, yeses = min(counts.items(), key=lambda item: (-item[1], item[0]))
    only = set(can_answer)
    if len(only) == 1:
        person_id = next(iter(only))
        yeses = counts[person_id]
    waits = tuple(question.subject for question in waiting if question.could_answer == {person_id})
    gave_most = len(yes_givers) >= FEW_YESES and 2 * yeses > len(yes_givers)
    if len(only) == 1 or (gave_most and waits and person_id in only):
        return Dependence(person_id, yeses, len(yes_givers), waits, is_only_answerer=len(only) == 1)
    return None
