"""Reading stage moves: what a move says, and what it still lacks."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.errors import FieldFault
from crm.models import Answer, Side
from crm.registry import Snapshot
from crm.rules.canonical import content_hash
from deals.models import Stage, StageMove, Stakeholder
from deals.queries.gate import unmet_gates
from deals.queries.objection import can_settle
from deals.queries.standing import DealStanding
from deals.rules.answerers import ConsentAnswer, ConsentStatus, move_consent_state

SCHEMA = 1


def move_content(deal_id: UUID, from_stage: Stage, to_stage: Stage | None) -> dict[str, Any]:
    """Return what a move says: from where to where. The sentence and the benefit belong to the question."""
    return {
        "stage_move": {
            "deal": str(deal_id),
            "from": {"id": str(from_stage.pk), "name": from_stage.name, "question": from_stage.question},
            "to": {"id": str(to_stage.pk), "name": to_stage.name} if to_stage else None,
        }
    }


def move_label(to_stage: Stage | None) -> str:
    """Return what a move to a stage (None: the close) is called."""
    return _("Moving on to %(stage)s") % {"stage": to_stage.name} if to_stage else _("Working together")


def move_snapshot(move: StageMove) -> Snapshot:
    """Return what a move says now: a stage that was renamed since makes other words of it. Its stages are loaded."""
    content = move_content(move.deal_id, move.from_stage, move.to_stage)
    return Snapshot(content=content, schema=SCHEMA, content_hash=content_hash(content, schema=SCHEMA))


def faults_of_move(standing: DealStanding, move: StageMove | None, to_stage: Stage | None) -> list[FieldFault]:
    """Return what is missing for a deal to move on to `to_stage` (None: the close); empty when it may.

    Codes: deal_not_open, no_client, consent_missing, consent_blocked, contested, withdrawn, gate.<code>.
    """
    deal, faults = standing.deal, []
    if not deal.is_open:
        faults.append(FieldFault("status", "deal_not_open", _("The deal is not open.")))
    if deal.organization_id is None:
        faults.append(FieldFault("organization", "no_client", _("The deal has no client yet.")))
    faults += _consent_faults(standing, move)
    faults += _standing_objections(standing)
    for state in unmet_gates(standing, to_stage):
        faults.append(FieldFault(f"gates.{state.gate.code}", f"gate.{state.gate.code}", state.gate.label))
    return faults


def _consent_faults(standing: DealStanding, move: StageMove | None) -> list[FieldFault]:
    deal = standing.deal
    if move is None or not move.is_open or move.from_stage_id != deal.stage_id:
        return [FieldFault("consent", "consent_missing", _("Nobody was asked about this move yet."))]
    state = move_consent_state(deal.stage.answer_roles, answers_to_move(standing, move))
    if state.status == ConsentStatus.SATISFIED:
        return []
    if state.status == ConsentStatus.BLOCKED:
        return [FieldFault("consent", "consent_blocked", _("Somebody who must agree said no."))]
    return [FieldFault("consent", "consent_missing", _("A named buyer has not said yes to this move yet."))]


def answers_to_move(standing: DealStanding, move: StageMove) -> list[ConsentAnswer]:
    """Return the buyers' answers to the move in the order they were asked, with the roles they have on the deal.

    A yes to other words than the present ones, or one that the stage does not take, leaves the person still to answer. For
    who answers no more nobody waits: what they contest is a gate.
    """
    deal = standing.deal
    roles = dict(
        Stakeholder.objects.shared()
        .filter(section__deal=deal, contact__isnull=False)
        .values_list("contact_id", "roles")
    )
    answers = []
    current = move_snapshot(move).content_hash
    for consent in standing.consents.get(move.pk, ()):
        if consent.participant.side != Side.BUYER:
            continue
        if consent.answer == Answer.CONTESTED and not can_settle(consent):
            continue
        counts = consent.content_hash == current and (deal.stage.recorded_is_enough or consent.is_own_word)
        answer = consent.answer if counts or consent.answer != Answer.AGREED else Answer.ASKED
        held = frozenset(roles.get(consent.participant.contact_id, ()))
        answers.append(ConsentAnswer(str(consent.participant_id), held, answer))
    return answers


def _standing_objections(standing: DealStanding) -> list[FieldFault]:
    """A contested record, or a yes taken back, holds the next move until that person has answered anew.

    A later yes of the same person to the same thing, or to a later move of the deal, settles it. Of somebody who answers
    no more it is a gate, which a manager can let pass. What one person says of several things is said once.
    """
    faults = {}
    for consent in (one for one in standing.objections if can_settle(one)):
        name = consent.participant.contact.name
        if consent.answer == Answer.CONTESTED:
            words = _("%(name)s says a recorded answer is not what they said.") % {"name": name}
            faults[consent.participant_id, consent.answer] = FieldFault("consent", "contested", words)
        else:
            words = _("%(name)s took a yes back.") % {"name": name}
            faults[consent.participant_id, consent.answer] = FieldFault("consent", "withdrawn", words)
    return list(faults.values())
