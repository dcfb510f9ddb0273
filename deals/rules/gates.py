"""Which gates stand between two stages, and may the deal move?

The yes of a named buyer to the move itself is no gate: it is always needed to go forward and never waived.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class WaivableBy(StrEnum):
    """Who can let a deal through a gate that is not met (product.md, "a gate is not met")."""

    NEVER = "never"  # consents; both better off
    BUYER = "buyer"  # the buyer's own consent: a fit verdict "no"
    MANAGER = "manager"  # a manager with a reason: the rest


class Course(StrEnum):
    """Where a move leads."""

    FORWARD = "forward"
    BACK = "back"
    STAY = "stay"


#: Reason of a gate that a stage names and nobody evaluated: it counts as not met.
NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True)
class StageGates:
    """A stage and the codes of the gates to leave it. Positions grow from the first stage to the last."""

    position: int
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateResult:
    """A gate as it stands now; `reasons` are codes that say why it is not met."""

    code: str
    met: bool
    waivable_by: WaivableBy = WaivableBy.NEVER
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class WaiverData:
    """A gate of the stage at `position`, waived by a buyer or a manager."""

    code: str
    position: int
    by: WaivableBy


@dataclass(frozen=True)
class UnmetGate:
    """A gate that is in the way, and the stage it belongs to."""

    position: int
    result: GateResult


@dataclass(frozen=True)
class MoveVerdict:
    """Whether the gates let the move through. `needs_consent`: besides, a buyer must have said yes to it."""

    course: Course
    may_move: bool
    needs_consent: bool
    unmet_gates: tuple[UnmetGate, ...] = ()


def unmet_gates(
    stages_passed: Sequence[StageGates],
    results: Mapping[tuple[int, str], GateResult],
    waivers: Collection[WaiverData] = (),
) -> list[UnmetGate]:
    """Return the gates of these stages that are neither met nor validly waived, in order, every one evaluated.

    `results` are by the stage's position and the gate's code. A waiver counts for its own stage only, and only if given by
    whom the gate names.
    """
    found: list[UnmetGate] = []
    for stage in sorted(stages_passed, key=lambda stage: stage.position):
        for code in dict.fromkeys(stage.gates):
            result = results.get((stage.position, code)) or GateResult(code, met=False, reasons=(NOT_EVALUATED,))
            if not result.met and not _is_waived(result, stage.position, waivers):
                found.append(UnmetGate(stage.position, result))
    return found


def stages_between(stages: Sequence[StageGates], from_position: int, to_position: int) -> list[StageGates]:
    """Return the stages left on the way forward: the present one and every one skipped, not the one arrived at."""
    return [stage for stage in stages if from_position <= stage.position < to_position]


def may_move(
    from_position: int,
    to_position: int,
    stages: Sequence[StageGates],
    results: Mapping[tuple[int, str], GateResult],
    waivers: Collection[WaiverData] = (),
) -> MoveVerdict:
    """Judge a move between two positions of a pipeline. Winning is the move to the position after the last.

    Forward, every gate of every stage passed over must be met, and a buyer must say yes. Back is always allowed.
    Gates of stages further back are not looked at again: what was passed stays passed.
    """
    if to_position == from_position:
        return MoveVerdict(Course.STAY, may_move=False, needs_consent=False)
    if to_position < from_position:
        return MoveVerdict(Course.BACK, may_move=True, needs_consent=False)
    found = unmet_gates(stages_between(stages, from_position, to_position), results, waivers)
    return MoveVerdict(Course.FORWARD, not found, needs_consent=True, unmet_gates=tuple(found))


def _is_waived(result: GateResult, position: int, waivers: Collection[WaiverData]) -> bool:
    if result.waivable_by == WaivableBy.NEVER:
        return False
    return WaiverData(result.code, position, result.waivable_by) in waivers
