"""Judging goals: after each measurement, each night, and when the customer confirms that one is reached."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.actions.question import Subject, ask_for_consent
from crm.actions.room import lock_room
from crm.actors import SYSTEM, Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import Consent, Event, Question, Room
from crm.queries.consent import standing_about
from crm.scopes import check_scope
from handoff.actions.handoff import locale_of
from handoff.models import Goal
from handoff.queries.goal import health_of, reached_snapshot

log = structlog.get_logger(__name__)

GOAL_REACHED = "goal_reached"
"""The consent kind by which the customer confirms that a goal is reached."""


def lock_goal(actor: Actor, goal_id: UUID) -> tuple[Room, Goal]:
    """Lock a goal's room, then the goal. Raises `NotFound`, `NotAllowed`."""
    check_scope(actor, "success:write")
    found = Goal.objects.visible_to(actor).select_related("plan").filter(pk=goal_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.plan.room_id)
    locked = Goal.objects.select_for_update(of=("self",), no_key=True).select_related("plan__room")
    return room, locked.get(pk=found.pk)


def rejudge_goal(actor: Actor, room: Room, goal: Goal) -> bool:
    """Judge a locked goal as of now; record `goal.<state>` if it turned, and return whether it did."""
    health = health_of(goal, room, list(goal.measurements.current()))
    before, reason_before = goal.state, goal.reason
    goal.state, goal.reason, goal.judged_at = health.state.value, health.reason.value, now()
    turned = goal.state != before
    if turned or goal.reason != reason_before:
        goal.version, goal.updated_at = goal.version + 1, goal.judged_at
    goal.save(update_fields=["state", "reason", "judged_at", "version", "updated_at"])
    if turned:
        data = {"plan": str(goal.plan_id), "from": before, "reason": goal.reason, "version": goal.version}
        record(f"goal.{goal.state}", actor=actor, room=room, subject=goal, data=data)
    return turned


def rejudge_goals() -> int:
    """Judge every goal that time can turn, one transaction each, and return how many turned. For the job that runs as days begin.

    A goal that cannot be judged keeps nobody else's waiting: it is logged, and all such failures are raised together
    at the end, as an `ExceptionGroup`.
    """
    turned, failures = 0, []
    for goal_id in list(Goal.objects.running().values_list("pk", flat=True).order_by("pk")):
        try:
            turned += _rejudge_by_id(goal_id)
        except Exception as error:  # whatever is wrong with one goal is raised after the others
            log.error("goal_not_judged", goal=str(goal_id), exc_info=error)
            error.add_note(f"while judging goal {goal_id}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} goals could not be judged", failures)
    return turned


@transaction.atomic
def _rejudge_by_id(goal_id: UUID) -> bool:
    room, goal = lock_goal(SYSTEM, goal_id)
    return rejudge_goal(SYSTEM, room, goal)


@transaction.atomic
def ask_goal_reached(*, actor: Actor, goal_id: UUID, asked_of: UUID, sentence: str = "", benefit: str = "") -> Question:
    """Ask a participant to confirm that a goal is reached, in words of our own unless others are given.

    Raises `Refused` while the newest number does not say so, or when it is confirmed already.
    """
    goal = Goal.objects.visible_to(actor).filter(pk=goal_id).first()
    if goal is None:
        raise NotFound
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side asks for a yes here."))
    with translation.override(locale_of(asked_of)):
        sentence = sentence or gettext("Is this reached: %(goal)s?") % {"goal": goal.title}
        benefit = benefit or gettext("It is on record, in your words and with your number, what this work has changed.")
    return ask_for_consent(
        actor=actor, asked_of=asked_of, subjects=[Subject(GOAL_REACHED, goal_id)], sentence=sentence, benefit=benefit
    )


def react_to_yes(event: Event, actor: Actor) -> None:
    """The customer confirmed that the goal is reached: it stays so, whatever is measured later."""
    if event.data["kind"] != GOAL_REACHED:
        return
    goal = _lock_subject(event)
    if goal.confirmed_at is not None:
        return
    consent = Consent.objects.select_related("participant").get(pk=event.subject_id)
    goal.confirmed_at, goal.confirmed_by_id = now(), consent.participant.contact_id
    goal.state, goal.reason, goal.updated_at = "reached", "confirmed", goal.confirmed_at
    goal.version += 1
    goal.save(update_fields=["confirmed_at", "confirmed_by", "state", "reason", "updated_at", "version"])
    record("goal.confirmed", actor=actor, room=goal.plan.room, subject=goal, data={"plan": str(goal.plan_id)})


def react_to_withdrawal(event: Event, actor: Actor) -> None:
    """The customer took the confirmation back; the numbers judge again unless somebody else's yes still stands."""
    if event.data["kind"] != GOAL_REACHED:
        return
    goal = _lock_subject(event)
    still = standing_about(goal.pk, reached_snapshot(goal).content_hash).yeses
    if goal.confirmed_at is None or still:
        return
    goal.confirmed_at = goal.confirmed_by = None
    goal.save(update_fields=["confirmed_at", "confirmed_by"])
    data = {"plan": str(goal.plan_id)}
    record("goal.confirmation_withdrawn", actor=actor, room=goal.plan.room, subject=goal, data=data)
    rejudge_goal(actor, goal.plan.room, goal)


def _lock_subject(event: Event) -> Goal:
    locked = Goal.objects.select_for_update(of=("self",), no_key=True).select_related("plan__room")
    return locked.get(pk=event.data["subject"])
