"""The gates of a deal: which are open, what is missing in words, who may waive.

The catalogue that stages choose from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Answer, Consent, RoomMember
from deals.models import Criterion, Deal, Section, SectionKind, Stage, StageGate, Waiver, Weight
from deals.queries.criterion import missing_of


@dataclass(frozen=True)
class Gate:
    """A gate of the catalogue: `is_met` looks at the deal as it is now; `waivable_by` is never, buyer or manager."""

    code: str
    label: str | Promise
    hint: str | Promise
    waivable_by: str
    is_met: Callable[[Deal], bool]


@dataclass(frozen=True)
class GateState:
    """One gate of one stage for one deal."""

    gate: Gate
    stage: Stage
    is_met: bool
    waiver: Waiver | None

    @property
    def is_open(self) -> bool:
        """Whether the deal may pass: met, or waived by somebody who may."""
        return self.is_met or self.waiver is not None


def _is_agreed(deal: Deal, kind: str) -> bool:
    section = Section.objects.filter(deal=deal, kind=kind).first()
    if section is None:
        return False
    standing = Consent.objects.filter(
        kind=kind,
        subject_id=section.pk,
        content_hash=section.content_hash,
        answer=Answer.AGREED,
        participant__side="buyer",
    )
    return standing.exists()


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
            "never",
            lambda deal: _is_agreed(deal, SectionKind.PROBLEM),
        ),
        Gate(
            "must_have_measurable",
            _("One must-have criterion that can be measured"),
            _("Give a must-have criterion everything it needs to be measured."),
            "manager",
            _has_measurable_must,
        ),
        Gate(
            "criteria_agreed",
            _("Success criteria agreed by the client"),
            _("Ask a buyer whether these criteria, as they read now, mean success to them."),
            "never",
            lambda deal: _is_agreed(deal, SectionKind.CRITERIA),
        ),
        Gate(
            "success_owner_named",
            _("A customer success owner named and invited"),
            _("Name who takes over after the close, so that the client meets them before."),
            "manager",
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


def stages_left_by(deal: Deal, to_stage: Stage | None) -> list[Stage]:
    """Return the stages whose gates a move passes: from the present one to the one before `to_stage` (None: the close)."""
    stages = Stage.objects.filter(pipeline=deal.pipeline_id, position__gte=deal.stage.position)
    return list(stages.filter(position__lt=to_stage.position) if to_stage else stages)
