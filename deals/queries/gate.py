"""The gates of a deal: which are open, what is missing in words, who may waive.

The catalogue that stages choose from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import RoomMember, Side
from crm.queries.consent import standing_about
from deals.models import Criterion, Deal, Section, SectionKind, Stage, StageGate, Waiver, Weight
from deals.queries.criterion import missing_of
from deals.rules.gates import GateResult, StageGates, WaivableBy, WaiverData, may_move


@dataclass(frozen=True)
class Gate:
    """A gate of the catalogue: `is_met` looks at the deal as it is now; `waivable_by` is never, buyer or manager."""

    code: str
    label: str | Promise
    hint: str | Promise
    waivable_by: WaivableBy
    is_met: Callable[[Deal], bool]


@dataclass(frozen=True)
class GateState:
    """One gate of one stage for one deal."""

    gate: Gate
    stage: Stage
    is_met: bool
    waiver: Waiver | None

    @property
    def lets_pass(self) -> bool:
        """Whether the deal may pass: met, or waived by somebody who may."""
        return self.is_met or self.waiver is not None


def _is_agreed(deal: Deal, kind: str) -> bool:
    section = Section.objects.filter(deal=deal, kind=kind).first()
    if section is None:
        return False
    yeses = standing_about(section.pk, section.content_hash).yeses
    return any(yes.content_hash == section.content_hash and yes.participant.side == Side.BUYER for yes in yeses)


def _has_measurable_must(deal: Deal) -> bool:
    musts = Criterion.objects.shared().filter(section__deal=deal, weight=Weight.MUST)
    return any(not missing_of(criterion) for criterion in musts)


def _has_success_owner(deal: Deal) -> bool:
    if deal.success_owner_id is None:
        return False
    return RoomMember.objects.filter(room=deal.room_id, user=deal.success_owner_id).exists()


CATALOGUE = {
    gate.code: gate
    for gate in (
        Gate(
            "problem_agreed",
            _("Problem agreed by the client"),
            _("Ask a buyer whether the problem, as it reads now, is theirs."),
            WaivableBy.NEVER,
            lambda deal: _is_agreed(deal, SectionKind.PROBLEM),
        ),
        Gate(
            "must_have_measurable",
            _("One must-have criterion that can be measured"),
            _("Give a must-have criterion everything it needs to be measured."),
            WaivableBy.MANAGER,
            _has_measurable_must,
        ),
        Gate(
            "criteria_agreed",
            _("Success criteria agreed by the client"),
            _("Ask a buyer whether these criteria, as they read now, mean success to them."),
            WaivableBy.NEVER,
            lambda deal: _is_agreed(deal, SectionKind.CRITERIA),
        ),
        Gate(
            "success_owner_named",
            _("A customer success owner named and invited"),
            _("Name who takes over after the close, so that the client meets them before."),
            WaivableBy.MANAGER,
            _has_success_owner,
        ),
    )
}
"""Every gate that exists. A consent is never waived: a yes is given or it is not."""


def gate_states(deal: Deal, stages: Sequence[Stage]) -> list[GateState]:
    """Return the state of every gate to leave each of `stages`, in order."""
    gates = StageGate.objects.filter(stage__in=stages).select_related("stage").order_by("stage__position", "position")
    waivers = {(waiver.stage_id, waiver.gate): waiver for waiver in deal.waivers.all()}
    met = {}
    states = []
    for stage_gate in gates:
        gate = CATALOGUE[stage_gate.code]
        if gate.code not in met:
            met[gate.code] = gate.is_met(deal)
        waiver = waivers.get((stage_gate.stage_id, gate.code))
        states.append(GateState(gate, stage_gate.stage, met[gate.code], waiver))
    return states


def unmet_gates(deal: Deal, to_stage: Stage | None) -> list[GateState]:
    """Return the gates that hold a move to `to_stage` (None: the close), those of skipped stages included."""
    stages = list(Stage.objects.filter(pipeline=deal.pipeline_id).order_by("position"))
    end = to_stage.position if to_stage else stages[-1].position + 1
    states = gate_states(deal, [stage for stage in stages if deal.stage.position <= stage.position < end])
    by_place = {(state.stage.position, state.gate.code): state for state in states}
    verdict = may_move(
        deal.stage.position,
        end,
        [StageGates(stage.position, tuple(code for at, code in by_place if at == stage.position)) for stage in stages],
        {code: GateResult(code, state.is_met, state.gate.waivable_by) for (_at, code), state in by_place.items()},
        [WaiverData(code, at, WaivableBy.MANAGER) for (at, code), state in by_place.items() if state.waiver],
    )
    return [by_place[unmet.position, unmet.result.code] for unmet in verdict.unmet_gates]
