"""The gates of a deal: which are open, what is missing in words, who may waive.

The catalogue that stages choose from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Answer, RoomMember, Side
from deals.models import Criterion, SectionKind, Stage, Waiver, Weight
from deals.queries.criterion import missing_of
from deals.queries.objection import can_settle
from deals.queries.standing import DealStanding
from deals.rules.gates import GateResult, StageGates, WaivableBy, WaiverData, may_move


@dataclass(frozen=True)
class Gate:
    """A gate of the catalogue: `is_met` looks at the deal as it is now, for the stage it is to leave.

    `waivable_by` is never, buyer or manager.
    """

    code: str
    label: str | Promise
    hint: str | Promise
    waivable_by: WaivableBy
    is_met: Callable[[DealStanding, Stage], bool]


@dataclass(frozen=True)
class GateState:
    """One gate of one stage for one deal."""

    gate: Gate
    stage: Stage
    is_met: bool
    waiver: Waiver | None

    @property
    def hint(self) -> str:
        """What opens it; where recorded answers are not enough, that too."""
        if self.stage.recorded_is_enough or self.gate.waivable_by != WaivableBy.NEVER:
            return str(self.gate.hint)
        words = _("This stage takes answers given in the room: a recorded yes counts once the person has confirmed it.")
        return f"{self.gate.hint} {words}"

    @property
    def lets_pass(self) -> bool:
        """Whether the deal may pass: met, or waived by somebody who may."""
        return self.is_met or self.waiver is not None


def _is_agreed(standing: DealStanding, stage: Stage, kind: str) -> bool:
    """Whether a buyer's yes to the present words stands; where a stage takes only room answers, one in their own word."""
    section = standing.sections.get(kind)
    if section is None:
        return False
    yeses = standing.agreement(section).yeses
    current = [yes for yes in yeses if yes.content_hash == section.content_hash and yes.participant.side == Side.BUYER]
    return any(stage.recorded_is_enough or yes.is_own_word for yes in current)


def _has_measurable_must(standing: DealStanding, stage: Stage) -> bool:
    musts = Criterion.objects.shared().filter(section__deal=standing.deal, weight=Weight.MUST)
    return any(not missing_of(criterion) for criterion in musts)


def _has_success_owner(standing: DealStanding, stage: Stage) -> bool:
    deal = standing.deal
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
            partial(_is_agreed, kind=SectionKind.PROBLEM),
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
            partial(_is_agreed, kind=SectionKind.CRITERIA),
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


OBJECTION = "objection"
_OBJECTION_LABELS = {
    Answer.CONTESTED: _("%(name)s says a recorded answer is not what they said, and does not answer here any more"),
    Answer.WITHDRAWN: _("%(name)s took a yes back, and does not answer here any more"),
}


def _objection_gates(standing: DealStanding) -> list[GateState]:
    """Return a gate for what each person still objects to who does not answer any more: nobody could settle it (ADR 3).

    Unlike the gates of a stage it is let pass once, not at every stage.
    """
    by_gate = {waiver.gate: waiver for waiver in standing.waivers}
    states = []
    for consent in (one for one in standing.objections if not can_settle(one)):
        code = f"{OBJECTION}-{consent.pk}"
        label = _OBJECTION_LABELS[Answer(consent.answer)] % {"name": consent.participant.contact.name}
        hint = _("Let them answer again, or a manager lets it pass. It goes into the handoff as an open risk.")
        gate = Gate(code, label, hint, WaivableBy.MANAGER, lambda _standing, _stage: False)
        states.append(GateState(gate, standing.deal.stage, False, by_gate.get(code)))
    return states


def gate_label(code: str) -> str:
    """Return what a gate that was waived is called."""
    if code in CATALOGUE:
        return str(CATALOGUE[code].label)
    return gettext("An objection of somebody who does not answer any more") if code.startswith(OBJECTION) else code


def gate_states(standing: DealStanding, end: int | None = None) -> list[GateState]:
    """Return the state of every gate to leave the present stage, and those after it that come before position `end`, in order.

    To leave the present one is held by what people object to as well who do not answer any more.
    """
    here = standing.deal.stage.position
    waivers = {(waiver.stage_id, waiver.gate): waiver for waiver in standing.waivers}
    last = here if end is None else end - 1
    places = [(one, gate) for one in standing.stages if here <= one.position <= last for gate in one.gates.all()]
    states = []
    for stage, gate in ((stage, CATALOGUE[one.code]) for stage, one in places):
        states.append(GateState(gate, stage, gate.is_met(standing, stage), waivers.get((stage.pk, gate.code))))
    return states + _objection_gates(standing)


def unmet_gates(standing: DealStanding, to_stage: Stage | None) -> list[GateState]:
    """Return the gates that hold a move to `to_stage` (None: the close), those of skipped stages included."""
    deal, stages = standing.deal, standing.stages
    end = to_stage.position if to_stage else stages[-1].position + 1
    states = gate_states(standing, end)
    by_place = {(state.stage.position, state.gate.code): state for state in states}
    verdict = may_move(
        deal.stage.position,
        end,
        [StageGates(stage.position, tuple(code for at, code in by_place if at == stage.position)) for stage in stages],
        {place: GateResult(place[1], state.is_met, state.gate.waivable_by) for place, state in by_place.items()},
        [WaiverData(code, at, WaivableBy.MANAGER) for (at, code), state in by_place.items() if state.waiver],
    )
    return [by_place[unmet.position, unmet.result.code] for unmet in verdict.unmet_gates]
