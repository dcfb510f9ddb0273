"""Measurements over REST: pushed with their source and time, corrected rather than overwritten."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.bulk import OPTIONS, BulkAnswer, write_rows
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Instant, Number, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import FieldFault, NotFound, Refused
from crm.models import Side
from handoff.actions.measurement import answer_dispute, correct_measurement, record_measurement
from handoff.api.goal import get_goal
from handoff.models import Dispute, Measurement, MeasurementState


class MeasurementAnswer(serializers.Serializer[Any]):
    """One value of a goal in the goal's unit. One with the state `corrected` counts no more; its correction does."""

    id = Id()
    goal = Id(source="goal_id")
    value = Number()
    measured_at = Time()
    period = Text()
    source = Text()
    note = Text()
    evidence = Id(source="evidence_id", allow_null=True)
    by_user = Id(source="by_user_id", allow_null=True)
    by_contact = Id(source="by_contact_id", allow_null=True)
    by_key = Id(source="by_key_id", allow_null=True)
    by_side = serializers.ChoiceField(Side.choices)
    state = serializers.ChoiceField(MeasurementState.choices)
    confirmed_by = Id(source="confirmed_by_id", allow_null=True)
    confirmed_at = Time(allow_null=True)
    corrects = Id(source="corrects_id", allow_null=True)
    created_at = Time()
    version = serializers.IntegerField()


class Measuring(serializers.Serializer[Any]):
    """A value. Without `source` it is the goal's own; a `unit`, if given, must be the goal's."""

    value = Number()
    measured_at = Instant()
    source = Text(required=False, max_length=400)
    period = Text(required=False, max_length=100)
    note = Text(required=False, max_length=5000)
    unit = Text(required=False, max_length=64)
    evidence = Id(required=False, allow_null=True)


class Correcting(serializers.Serializer[Any]):
    """The right value and why; what is not given stays as it was."""

    value = Number()
    note = Text(max_length=5000)
    measured_at = Instant(required=False)
    source = Text(required=False, max_length=400)
    period = Text(required=False, max_length=100)
    evidence = Id(required=False, allow_null=True)


class DisputeAnswer(serializers.Serializer[Any]):
    """What a customer says is wrong with a value, and the answer."""

    id = Id()
    measurement = Id(source="measurement_id")
    text = Text()
    raised_by = Id(source="raised_by_id")
    raised_at = Time()
    answer = Text()
    answered_by = Id(source="answered_by_id", allow_null=True)
    answered_at = Time(allow_null=True)
    settled_at = Time(allow_null=True)
    version = serializers.IntegerField()


class DisputeAnswering(serializers.Serializer[Any]):
    """The selling side's answer."""

    text = Text(max_length=5000)


MEASUREMENTS = Listing(
    MeasurementAnswer,
    filters=(
        Filter("state", choices=tuple(MeasurementState.values)),
        Filter("source"),
        Filter("measured_after", "time", ("measured_at__gt",)),
    ),
    sorts=("measured_at", "created_at"),
)
DISPUTES = Listing(DisputeAnswer, sorts=("-raised_at",))
_EXAMPLE = {"value": "94.8", "measured_at": "2026-09-30T22:00:00Z", "source": "warehouse export"}


class MeasurementList(APIView):
    """The measurements of a goal."""

    @reads("list_measurements", "success:read", listing=MEASUREMENTS)
    def get(self, request: Request, goal_id: UUID) -> Response:
        """List measurements in the order they were taken, corrected ones included."""
        goal = get_goal(actor_of(request), goal_id)
        return page(request, MEASUREMENTS, Measurement.objects.visible_to(actor_of(request)).filter(goal=goal))

    @writes(
        "record_measurement",
        "success:write",
        takes=Measuring,
        answers=MeasurementAnswer,
        status=201,
        also={200: "The same value for this source and time stands already."},
        example=_EXAMPLE,
    )
    def post(self, request: Request, values: dict[str, Any], goal_id: UUID) -> Response:
        """Record a value. The same value again is the same measurement (200); another one is a 409 that says where to correct."""
        made, is_new = _record(actor_of(request), goal_id, values)
        location = reverse("api:measurement", args=[made.pk])
        return one(request, MeasurementAnswer, made, status=201 if is_new else 200, location=location)


class MeasurementBulkRows(serializers.Serializer[Any]):
    """Up to a hundred values of one goal."""

    rows = Measuring(many=True)


class MeasurementBulk(APIView):
    """Many values of a goal at once."""

    @writes("record_measurements", "success:write", takes=MeasurementBulkRows, answers=BulkAnswer, options=OPTIONS)
    def post(self, request: Request, values: dict[str, Any], goal_id: UUID) -> Response:
        """Record up to 100 values, all or none; `atomic=false` answers for each by itself. What stands already is a 200."""
        goal = get_goal(actor_of(request), goal_id)

        def write(actor: Actor, row: dict[str, Any]) -> tuple[int, Measurement]:
            made, is_new = _record(actor, goal.pk, row)
            return 201 if is_new else 200, made

        return write_rows(request, values["rows"], write)


class MeasurementDetail(APIView):
    """One measurement."""

    @reads("get_measurement", "success:read", answers=MeasurementAnswer)
    def get(self, request: Request, measurement_id: UUID) -> Response:
        """Read a measurement."""
        return one(request, MeasurementAnswer, get_measurement(actor_of(request), measurement_id), cacheable=True)


class MeasurementCorrecting(APIView):
    """A corrected value."""

    @writes(
        "correct_measurement",
        "success:write",
        takes=Correcting,
        answers=MeasurementAnswer,
        status=201,
        versioned=True,
    )
    def post(self, request: Request, values: dict[str, Any], measurement_id: UUID) -> Response:
        """Put a corrected value in the place of a measurement; the first stays on record. Answers the correction."""
        made = correct_measurement(
            actor=actor_of(request), measurement_id=measurement_id, version=version_of(request), **values
        )
        return one(request, MeasurementAnswer, made, status=201, location=reverse("api:measurement", args=[made.pk]))


class DisputeList(APIView):
    """What the customer says is wrong with a measurement."""

    @reads("list_disputes", "success:read", listing=DISPUTES)
    def get(self, request: Request, measurement_id: UUID) -> Response:
        """List disputes, newest first. Only the customer raises one, in the room."""
        measurement = get_measurement(actor_of(request), measurement_id)
        return page(request, DISPUTES, Dispute.objects.visible_to(actor_of(request)).filter(measurement=measurement))


class DisputeAnsweringView(APIView):
    """The selling side's answer to a dispute."""

    @writes("answer_dispute", "success:write", takes=DisputeAnswering, answers=DisputeAnswer)
    def post(self, request: Request, values: dict[str, Any], dispute_id: UUID) -> Response:
        """Answer a dispute and keep the value; the customer confirms it or disputes it again."""
        return one(request, DisputeAnswer, answer_dispute(actor=actor_of(request), dispute_id=dispute_id, **values))


def get_measurement(actor: Actor, measurement_id: UUID) -> Measurement:
    """Return a measurement the actor may see. Raises `NotFound`."""
    found = Measurement.objects.visible_to(actor).filter(pk=measurement_id).first()
    if found is None:
        raise NotFound
    return found


def _record(actor: Actor, goal_id: UUID, values: dict[str, Any]) -> tuple[Measurement, bool]:
    """Record a value. A refusal says where to correct."""
    try:
        return record_measurement(actor=actor, goal_id=goal_id, **values)
    except Refused as error:
        error.faults = tuple(_where_to_correct(fault) for fault in error.faults)
        raise


def _where_to_correct(fault: FieldFault) -> FieldFault:
    """Point from the measurement that stands to the address that corrects it."""
    if fault.code != "measurement_differs":
        return fault
    address = reverse("api:measurement-corrections", args=[fault.field.split(".")[1]])
    words = _("%(value)s stands. Correct it at POST %(address)s.") % {"value": fault.message, "address": address}
    return FieldFault(f"{fault.field}.corrections", fault.code, words)
