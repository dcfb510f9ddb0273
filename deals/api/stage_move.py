"""Moving a deal over REST. Asking for the yes is `POST /consents/`; here a move that has it is carried out."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Listing, page
from crm.api.versions import version_of
from deals.actions.stage_move import execute_move, move_back, undo_win, waive_gate
from deals.api.deal import DealAnswer, get_deal
from deals.models import StageMove
from deals.queries.gate import gate_states
from deals.queries.stage_move import move_snapshot
from deals.queries.standing import DealStanding


class StageMoveAnswer(serializers.Serializer[Any]):
    """A move that was asked about; `executed_at` when it was carried out. Without `to_stage` it is the close."""

    id = Id()
    deal = Id(source="deal_id")
    from_stage = Id(source="from_stage_id")
    to_stage = Id(source="to_stage_id", allow_null=True)
    content_hash = serializers.SerializerMethodField(help_text="Of what it says now.")
    created_at = Time()
    executed_at = Time(allow_null=True)
    executed_by = Id(source="executed_by_id", allow_null=True)
    undone_at = Time(allow_null=True)
    lapsed_at = Time(allow_null=True, help_text="When the deal changed its stage otherwise: its answers count no more.")

    def get_content_hash(self, move: Any) -> str:
        """Return the hash of its present words."""
        return move_snapshot(move).content_hash


class MoveForward(serializers.Serializer[Any]):
    """Where to; null is the close."""

    to_stage = Id(allow_null=True)


class MoveBack(serializers.Serializer[Any]):
    """The earlier stage to go back to."""

    to_stage = Id()


class GateWaiving(serializers.Serializer[Any]):
    """A gate of the present stage, and why it may be passed."""

    gate = Text(max_length=64)
    reason = Text(max_length=5000)


class WaiverAnswer(serializers.Serializer[Any]):
    """A gate that a manager let pass."""

    id = Id()
    deal = Id(source="deal_id")
    stage = Id(source="stage_id")
    gate = Text()
    reason = Text()
    waived_by = Id(source="waived_by_id")
    waived_at = Time()


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = Text(max_length=5000)


class GateAnswer(serializers.Serializer[Any]):
    """One gate on the way to the close, as it stands for this deal."""

    stage = Id(source="stage.pk")
    code = Text(source="gate.code")
    label = Text(source="gate.label")
    hint = Text()
    waivable_by = Text(source="gate.waivable_by")
    is_met = serializers.BooleanField()
    lets_pass = serializers.BooleanField(help_text="Met, or waived by somebody who may.")


class GatesAnswer(serializers.Serializer[Any]):
    """All gates from the present stage on."""

    data = GateAnswer(many=True)


MOVES = Listing(StageMoveAnswer)


class DealMoves(APIView):
    """The moves of a deal."""

    @reads("list_stage_moves", "deals:read", listing=MOVES)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the moves that were asked about, newest first."""
        deal = get_deal(actor_of(request), deal_id)
        moves = StageMove.objects.visible_to(actor_of(request)).filter(deal=deal)
        return page(request, MOVES, moves.select_related("from_stage", "to_stage"))

    @writes(
        "move_deal",
        "deals:write",
        takes=MoveForward,
        answers=DealAnswer,
        versioned=True,
        example={"to_stage": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b12"},
    )
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Carry out a move that a named buyer has agreed to. 409 says what is still missing."""
        deal = execute_move(
            actor=actor_of(request), deal_id=deal_id, version=version_of(request), to_stage_id=values["to_stage"]
        )
        return one(request, DealAnswer, deal)


class DealMoveBack(APIView):
    """The way back."""

    @writes("move_deal_back", "deals:write", takes=MoveBack, answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Take a deal back to an earlier stage; this needs no consent."""
        deal = move_back(
            actor=actor_of(request), deal_id=deal_id, version=version_of(request), to_stage_id=values["to_stage"]
        )
        return one(request, DealAnswer, deal)


class DealWaivers(APIView):
    """Gates that a manager lets pass."""

    @writes("waive_gate", "deals:write", takes=GateWaiving, answers=WaiverAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Waive a gate of the present stage, as a manager, with a reason. It goes into the handoff as an open risk."""
        waiver = waive_gate(actor=actor_of(request), deal_id=deal_id, **values)
        response = one(request, WaiverAnswer, waiver, status=201)
        response.subject = waiver.deal  # type: ignore[attr-defined]
        return response


class DealUndoWin(APIView):
    """Undoing a close that was a mistake."""

    @writes("undo_win", "deals:write", takes=Reason, answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Undo a close, as a manager, with a reason. The ledger keeps both."""
        deal = undo_win(actor=actor_of(request), deal_id=deal_id, version=version_of(request), **values)
        return one(request, DealAnswer, deal)


class DealGates(APIView):
    """The gates of a deal."""

    @reads("list_gates", "deals:read", answers=GatesAnswer)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the gates from the present stage to the close, with their state now."""
        deal = get_deal(actor_of(request), deal_id)
        standing = DealStanding(deal)
        return one(request, GatesAnswer, {"data": gate_states(standing, standing.stages[-1].position + 1)})
