"""Moving a deal: forward only on a named buyer's consent and through its gates, back always."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.ledger import actor_as_now, append_entry
from crm.actions.question import Subject, close_questions_about
from crm.actions.version import check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Event, Room, Side
from deals.actions.deal import lock_deal, save_deal
from deals.actions.ending import ask_no_more
from deals.models import MOVE, Deal, DealStatus, Stage, StageMove, Waiver
from deals.queries.gate import gate_states
from deals.queries.stage_move import faults_of_move
from deals.queries.standing import DealStanding
from deals.rules.gates import WaivableBy


@transaction.atomic
def propose_move(*, actor: Actor, deal_id: UUID, to_stage_id: UUID | None) -> Subject:
    """Return the subject to ask about for a forward move (None: the close), made if nobody was asked about it before.

    Raises `Invalid` for a stage that is not ahead in the deal's pipeline, or a close from any but the last stage.
    """
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side asks to move a deal."))
    _room, deal = lock_deal(actor, deal_id)
    to_stage = _stage_ahead(deal, to_stage_id)
    move, _created = StageMove.objects.get_or_create(
        deal=deal,
        from_stage=deal.stage,
        to_stage=to_stage,
        executed_at=None,
        lapsed_at=None,
        defaults={"created_at": now()},
    )
    return Subject(MOVE, move.pk)


def _stage_ahead(deal: Deal, to_stage_id: UUID | None) -> Stage | None:
    stages = Stage.objects.filter(pipeline=deal.pipeline_id)
    if to_stage_id is None:
        if stages.filter(position__gt=deal.stage.position).exists():
            raise Invalid.field("to_stage", _("A deal closes from its last stage."), code="not_the_last")
        return None
    stage = stages.filter(pk=to_stage_id, position__gt=deal.stage.position).first()
    if stage is None:
        raise Invalid.field("to_stage", _("Choose a stage that lies ahead."), code="not_ahead")
    return stage


@transaction.atomic
def execute_move(*, actor: Actor, deal_id: UUID, version: int, to_stage_id: UUID | None) -> Deal:
    """Move a deal that has the consent to move. Raises `Refused` with one fault for each thing that is missing."""
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side moves a deal."))
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version)
    to_stage = _stage_ahead(deal, to_stage_id)
    move = StageMove.objects.open().filter(deal=deal, from_stage=deal.stage, to_stage=to_stage).first()
    faults = faults_of_move(DealStanding(deal), move, to_stage)
    if faults:
        raise Refused(_("This move is not open yet."), code="move_not_open", faults=faults)
    if move is None:
        raise NotFound
    return _execute(actor, room, deal, move)


def react_to_yes(event: Event, actor: Actor) -> None:
    """Move the deal when a yes to the move arrives and nothing else is missing. A yes is kept either way."""
    if event.data["kind"] != MOVE:
        return
    move = StageMove.objects.select_for_update(of=("self",), no_key=True).get(pk=event.data["subject"])
    locked = Deal.objects.select_for_update(of=("self",), no_key=True).select_related("stage", "room", "pipeline")
    deal = locked.get(pk=move.deal_id)
    if move.is_open and not faults_of_move(DealStanding(deal), move, move.to_stage):
        _execute(actor, deal.room, deal, move)


def _execute(actor: Actor, room: Room, deal: Deal, move: StageMove) -> Deal:
    at = now()
    move.executed_at, move.executed_by = at, actor.user
    move.save(update_fields=["executed_at", "executed_by"])
    data = {"from": str(move.from_stage_id), "to": str(move.to_stage_id or ""), "move": str(move.pk)}
    if move.to_stage is None:
        deal.status, deal.ended_at = DealStatus.WON, at
        save_deal(deal, "status", "ended_at")
        record("deal.won", actor=actor, room=room, subject=deal, data=data)
        ask_no_more(room, deal)  # after the brief, which lists who had not answered
    else:
        _enter_stage(room, deal, move.to_stage)
        record("deal.moved", actor=actor, room=room, subject=deal, data=data)
    return deal


def _enter_stage(room: Room, deal: Deal, stage: Stage) -> None:
    """Put a locked deal into a stage. What was said to its other moves counts no more, and nobody is asked about them."""
    deal.stage, deal.stage_entered_at = stage, now()
    save_deal(deal, "stage", "stage_entered_at")
    lapsed = [move.pk for move in StageMove.objects.open().filter(deal=deal)]
    StageMove.objects.filter(pk__in=lapsed).update(lapsed_at=deal.stage_entered_at)
    close_questions_about(room, lapsed)


@transaction.atomic
def move_back(*, actor: Actor, deal_id: UUID, version: int, to_stage_id: UUID) -> Deal:
    """Take a deal back to an earlier stage. Needs no consent; going forward again asks again."""
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side moves a deal."))
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version)
    if deal.has_ended:
        raise Refused(_("This deal has ended. Reopen it first."), code="deal_ended")
    stage = Stage.objects.filter(pipeline=deal.pipeline_id, pk=to_stage_id, position__lt=deal.stage.position).first()
    if stage is None:
        raise Invalid.field("to_stage", _("Choose a stage that lies behind."), code="not_behind")
    data = {"from": str(deal.stage_id), "to": str(stage.pk)}
    _enter_stage(room, deal, stage)
    record("deal.moved_back", actor=actor, room=room, subject=deal, data=data)
    return deal


@transaction.atomic
def waive_gate(*, actor: Actor, deal_id: UUID, gate: str, reason: str) -> Waiver:
    """Let a gate of the present stage pass, as a manager, with a reason. It goes into the handoff as an open risk."""
    checks = Checks()
    reason = checks.text("reason", reason, limit=5000)
    checks.done()
    if actor.user is None or not actor.user.is_manager:
        raise NotAllowed(_("A manager can waive this, with a reason."))
    room, deal = lock_deal(actor, deal_id)
    if deal.has_ended:
        raise Refused(_("This deal has ended. Nothing is waived in it."), code="deal_ended")
    states = {state.gate.code: state for state in gate_states(DealStanding(deal))}
    if gate not in states:
        raise NotFound
    if states[gate].gate.waivable_by != WaivableBy.MANAGER:
        raise Refused(_("This one is never waived."), code="never_waived")
    if states[gate].lets_pass:
        raise Refused(_("This gate is open already."), code="gate_open")
    waiver = Waiver.objects.create(
        deal=deal, stage=deal.stage, gate=gate, reason=reason, waived_by=actor.user, waived_at=now()
    )
    payload = {
        "by": actor_as_now(actor),
        "deal": str(deal.pk),
        "stage": str(deal.stage_id),
        "gate": gate,
        "reason": reason,
    }
    append_entry(room, "waived", payload=payload)
    data = {"deal": str(deal.pk), "gate": gate}
    record("gate.waived", actor=actor, room=room, subject=waiver, private_to=Side.SELLER, data=data)
    return waiver


@transaction.atomic
def undo_win(*, actor: Actor, deal_id: UUID, version: int, reason: str) -> Deal:
    """Undo a close that was a mistake, as a manager, with a reason. The ledger keeps both; an unaccepted handoff ends.

    Raises `Refused` when the handoff was accepted already (by its reaction).
    """
    checks = Checks()
    reason = checks.text("reason", reason, limit=5000)
    checks.done()
    if actor.user is None or not actor.user.is_manager:
        raise NotAllowed(_("A manager can undo a close, with a reason."))
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version)
    close = deal.moves.filter(to_stage=None, executed_at__isnull=False, undone_at=None).first()
    if deal.status != DealStatus.WON or close is None:
        raise Refused(_("Only a deal that was won here can be undone."), code="not_won")
    close.undone_at = now()
    close.save(update_fields=["undone_at"])
    deal.status, deal.ended_at = DealStatus.OPEN, None
    save_deal(deal, "status", "ended_at")
    append_entry(
        room,
        "undone",
        payload={"by": actor_as_now(actor), "deal": str(deal.pk), "move": str(close.pk), "reason": reason},
    )
    record("deal.win_undone", actor=actor, room=room, subject=deal, data={"move": str(close.pk)})
    return deal
