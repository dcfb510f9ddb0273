"""Measuring: a value arrives, is confirmed, disputed, corrected. Whatever comes, the goal is judged anew."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import FieldFault, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Attachment, FileState, Room, Side
from crm.queries.address_change import check_address_settled
from handoff.actions.goal import lock_goal, rejudge_goal
from handoff.models import Dispute, Goal, Measurement, MeasurementState

YEARS_OF_HISTORY = 10
"""How many years before its baseline, or before it was agreed, a goal takes values: history is often older than the deal."""


@dataclass(frozen=True)
class _Reading:
    """What was typed, checked."""

    value: Decimal
    measured_at: datetime
    period: str
    source: str
    note: str
    evidence: Attachment | None


@transaction.atomic
def record_measurement(
    *,
    actor: Actor,
    goal_id: UUID,
    value: Any,
    measured_at: Any,
    source: str = "",
    period: str = "",
    note: str = "",
    unit: str = "",
    evidence: UUID | None = None,
) -> tuple[Measurement, bool]:
    """Record a value of a goal in the goal's unit; return it and whether it is new.

    The same value for the same time and source again is the same measurement. Another value is `Refused` with the code
    `measurement_differs`: what stands is corrected, not overwritten. `source` is the goal's own unless given. `unit`, if
    given, must be the goal's. Raises `Invalid`, `NotFound`, `NotAllowed`.
    """
    room, goal = lock_goal(actor, goal_id)
    reading = _checked(actor, room, goal, value, measured_at, source, period, note, unit, evidence)
    same = goal.measurements.current().filter(source=reading.source, measured_at=reading.measured_at).first()
    if same is not None and same.value == reading.value:
        return same, False
    if same is not None:
        standing = {"value": same.value.normalize() + 0}
        words = _(
            "For this time and source there is another value, %(value)s. Correct that one, so that both are kept."
        )
        fault = FieldFault(f"measurements.{same.pk}", "measurement_differs", words % standing)
        raise Refused(words % standing, code="measurement_differs", faults=[fault])
    measurement = _write(actor, goal, reading)
    _record("measurement.recorded", actor, room, measurement)
    rejudge_goal(actor, room, goal)
    return measurement, True


@transaction.atomic
def correct_measurement(
    *,
    actor: Actor,
    measurement_id: UUID,
    version: int,
    value: Any,
    note: str,
    measured_at: Any = None,
    source: str = "",
    period: str = "",
    evidence: UUID | None = None,
) -> Measurement:
    """Put a corrected value in the place of a measurement, with the reason (`note`); the first stays on record.

    What is not given stays as it was. Returns the correction, which is new to the customer again. A partner corrects only
    what their side entered. Raises `Refused` when it was corrected already or nothing changes, `Stale`.
    """
    room, goal, old = _lock_measurement(actor, measurement_id)
    if actor.side == Side.PARTNER and old.by_side != Side.PARTNER:
        raise NotAllowed(_("Ask whoever entered this to correct it."))
    reading = _checked(
        actor, room, goal, value, measured_at or old.measured_at, source or old.source, period or old.period, note, "",
        evidence or old.evidence_id, says_why=True,
    )  # fmt: skip
    if not old.is_current:
        done = Measurement.objects.filter(corrects=old).first()
        if done is not None and (done.value, done.note) == (reading.value, reading.note):
            return done
        raise Refused(_("This was corrected already. Correct the newer value."), code="already_corrected")
    check_version(old, version, LOOK_AGAIN)
    if (old.value, old.measured_at, old.source) == (reading.value, reading.measured_at, reading.source):
        raise Refused(_("This is the value that stands here."), code="same_value")
    _check_place_free(goal, old, reading)
    old.state = MeasurementState.CORRECTED
    _save(old, "state")
    _settle_disputes(old)
    correction = _write(actor, goal, reading, corrects=old)
    _record("measurement.corrected", actor, room, correction, corrects=str(old.pk))
    rejudge_goal(actor, room, goal)
    return correction


@transaction.atomic
def confirm_measurement(*, actor: Actor, measurement_id: UUID, version: int) -> Measurement:
    """Say as the customer that a value is right; it settles one's dispute. Confirming twice is once.

    Raises `NotAllowed` for anybody but a buyer who answers for their side, `Refused` for a corrected value, `Stale`.
    """
    room, goal, measurement = _lock_measurement(actor, measurement_id)
    if actor.participant is None or actor.side != Side.BUYER or not actor.participant.may_answer:
        raise NotAllowed(_("Only the client says whether a value is right."))
    check_address_settled(actor.participant.contact_id)
    if measurement.state == MeasurementState.CONFIRMED:
        return measurement
    _check_current(measurement)
    check_version(measurement, version, LOOK_AGAIN)
    measurement.state, measurement.confirmed_at = MeasurementState.CONFIRMED, now()
    measurement.confirmed_by = actor.participant.contact
    _save(measurement, "state", "confirmed_at", "confirmed_by")
    _settle_disputes(measurement)
    _record("measurement.confirmed", actor, room, measurement)
    rejudge_goal(actor, room, goal)
    return measurement


@transaction.atomic
def dispute_measurement(*, actor: Actor, measurement_id: UUID, version: int, text: str) -> Dispute:
    """Say as the customer what is wrong with a value. It counts until it is settled, and is shown as disputed.

    The same words twice are one dispute. Raises `Refused` while an earlier one is unanswered.
    """
    checks = Checks()
    text = checks.text("text", text, limit=5000)
    checks.done()
    room, goal, measurement = _lock_measurement(actor, measurement_id)
    if actor.participant is None or actor.side != Side.BUYER:
        raise NotAllowed(_("Only the client disputes a value. You can correct it."))
    waiting = measurement.disputes.filter(answered_at=None, settled_at=None).first()
    if waiting is not None and waiting.text == text:
        return waiting
    _check_current(measurement)
    if waiting is not None:
        raise Refused(_("This is disputed already and waits for an answer."), code="already_disputed")
    check_version(measurement, version, LOOK_AGAIN)
    measurement.state = MeasurementState.DISPUTED
    measurement.confirmed_at = measurement.confirmed_by = None
    _save(measurement, "state", "confirmed_at", "confirmed_by")
    dispute = Dispute.objects.create(
        measurement=measurement, text=text, raised_by=actor.participant.contact, raised_at=now()
    )
    _record("measurement.disputed", actor, room, measurement, dispute=str(dispute.pk))
    rejudge_goal(actor, room, goal)
    return dispute


@transaction.atomic
def answer_dispute(*, actor: Actor, dispute_id: UUID, text: str) -> Dispute:
    """Answer the customer's dispute and keep the value; they confirm it or dispute it again. The same answer twice is one."""
    checks = Checks()
    text = checks.text("text", text, limit=5000)
    checks.done()
    found = Dispute.objects.visible_to(actor).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound
    if not actor.is_seller or actor.user is None:
        raise NotAllowed(_("The selling side answers a dispute."))
    room, _goal, measurement = _lock_measurement(actor, found.measurement_id)
    dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if dispute.answered_at is not None and dispute.answer == text:
        return dispute
    if dispute.answered_at is not None or dispute.settled_at is not None:
        raise Refused(_("This was answered or settled already."), code="already_answered")
    dispute.answer, dispute.answered_by, dispute.answered_at = text, actor.user, now()
    dispute.version += 1
    dispute.save(update_fields=["answer", "answered_by", "answered_at", "version"])
    _record("measurement.dispute_answered", actor, room, measurement, dispute=str(dispute.pk))
    return dispute


def _checked(
    actor: Actor,
    room: Room,
    goal: Goal,
    value: Any,
    measured_at: Any,
    source: str,
    period: str,
    note: str,
    unit: str,
    evidence: UUID | None,
    *,
    says_why: bool = False,
) -> _Reading:
    checks = Checks()
    number = checks.decimal("value", value)
    if goal.is_yes_or_no and number not in (None, Decimal(0), Decimal(1)):
        checks.add("value", _("This goal is a yes (1) or a no (0)."), code="not_a_choice")
    instant = checks.instant("measured_at", measured_at)
    if instant is not None and instant > now():
        checks.add("measured_at", _("This lies ahead. Enter what has been measured."), code="in_the_future")
    if instant is not None and instant.date() < _earliest(goal):
        early = _("This lies before %(day)s, long before this work began. Is the year right?")
        checks.add("measured_at", early % {"day": _earliest(goal).isoformat()}, code="out_of_range")
    source = checks.line("source", source, required=False, limit=400) or goal.source
    period = checks.line("period", period, required=False, limit=100)
    note = checks.text("note", note, required=says_why, limit=5000)
    if unit and unit != goal.unit:
        words = _("This goal is measured in “%(unit)s”.") % {"unit": goal.unit}
        checks.add("unit", words, code="wrong_unit")
    file = _evidence(checks, actor, room, evidence)
    checks.done()
    if number is None or instant is None:
        raise ValueError("checked values are there")
    return _Reading(number, instant, period, source, note, file)


def _earliest(goal: Goal) -> date:
    """The first day that can be history of this goal; what is older is a slip, and would flatten its chart for good."""
    began = min(goal.baseline_on or date.max, goal.created_at.date())
    return date(began.year - YEARS_OF_HISTORY, 1, 1)


def _evidence(checks: Checks, actor: Actor, room: Room, evidence: UUID | None) -> Attachment | None:
    if evidence is None:
        return None
    file = Attachment.objects.visible_to(actor).filter(room=room, pk=evidence, private_to="").first()
    if file is None:
        checks.add("evidence", _("There is no such file that both sides see in this room."), code="unknown")
    elif file.state != FileState.CLEAN:
        checks.add("evidence", _("This file has not been checked yet, or was refused."), code="not_checked")
    return file


def _write(actor: Actor, goal: Goal, reading: _Reading, *, corrects: Measurement | None = None) -> Measurement:
    return Measurement.objects.create(
        goal=goal,
        value=reading.value,
        measured_at=reading.measured_at,
        period=reading.period,
        source=reading.source,
        note=reading.note,
        evidence=reading.evidence,
        by_key=actor.key,
        corrects=corrects,
        created_at=now(),
        **actor.authorship,
    )


def _lock_measurement(actor: Actor, measurement_id: UUID) -> tuple[Room, Goal, Measurement]:
    found = Measurement.objects.visible_to(actor).filter(pk=measurement_id).first()
    if found is None:
        raise NotFound
    room, goal = lock_goal(actor, found.goal_id)
    return room, goal, Measurement.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)


def _check_place_free(goal: Goal, old: Measurement, reading: _Reading) -> None:
    there = goal.measurements.current().filter(source=reading.source, measured_at=reading.measured_at)
    if there.exclude(pk=old.pk).exists():
        raise Refused(_("For this time and source there is another value already."), code="measurement_differs")


def _check_current(measurement: Measurement) -> None:
    if not measurement.is_current:
        raise Refused(_("This value was corrected. Look at the newer one."), code="already_corrected")


def _settle_disputes(measurement: Measurement) -> None:
    measurement.disputes.filter(settled_at=None).update(settled_at=now())


def _save(measurement: Measurement, *fields: str) -> None:
    measurement.version += 1
    measurement.save(update_fields=[*fields, "version"])


def _record(type: str, actor: Actor, room: Room, measurement: Measurement, **data: str) -> None:
    facts = {"goal": str(measurement.goal_id), "version": measurement.version, **data}
    record(type, actor=actor, room=room, subject=measurement, data=facts)
