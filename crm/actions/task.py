"""Tasks: what somebody of ours wants to do, with a due day and a reminder. Nobody else reads them."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import time_zone
from crm.actions.version import check_version, save_changes
from crm.actors import SYSTEM, Actor
from crm.checks import Checks, checked_id
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import Room, Task, User
from crm.places import places_of


@transaction.atomic
def create_task(*, actor: Actor, values: dict[str, Any]) -> Task:
    """Note something to do for the actor. `values`: title, about (id of a deal or a room), due_on or due_at, time_zone,
    remind_at. Raises `Invalid` at the fields.
    """
    if actor.user is None:
        raise NotAllowed(_("Tasks are for people of the selling side."))
    zone = {"time_zone": actor.user.time_zone}
    clean = _checked(actor, {"title": "", **zone, **values}, None)
    return note_task(actor=actor, user=actor.user, **clean)


@transaction.atomic
def note_task(*, actor: Actor, user: User, **fields: Any) -> Task:
    """Note a task for somebody because of what was done elsewhere: `fields` of the model, checked already."""
    at = now()
    task = Task.objects.create(user=user, created_at=at, updated_at=at, **({"time_zone": user.time_zone} | fields))
    _record("task.created", actor, task)
    _want_reminder(actor, task)
    return task


@transaction.atomic
def change_task(*, actor: Actor, task_id: UUID, version: int, values: dict[str, Any]) -> Task:
    """Change some fields of one's own task. Raises `Stale` when it is no longer at `version`."""
    task = _lock_own(actor, task_id)
    check_version(task, version)
    changed = save_changes(task, _checked(actor, values, task))
    if changed:
        _record("task.changed", actor, task)
    if "remind_at" in changed:
        _want_reminder(actor, task)
    return task


@transaction.atomic
def complete_task(*, actor: Actor, task_id: UUID, version: int) -> Task:
    """Say that a task is done. Saying it twice changes nothing."""
    return _turned(actor, task_id, version, "task.completed", is_done=True)


@transaction.atomic
def reopen_task(*, actor: Actor, task_id: UUID, version: int) -> Task:
    """Say that a task is still to be done. No reminder comes that has come already."""
    return _turned(actor, task_id, version, "task.reopened", is_done=False)


@transaction.atomic
def archive_task(*, actor: Actor, task_id: UUID, version: int) -> Task:
    """Take a task off the list."""
    task = _lock_own(actor, task_id)
    check_version(task, version)
    save_changes(task, {"archived_at": now()})
    _record("task.archived", actor, task)
    return task


def drop_task(*, task_id: UUID) -> None:
    """Take a task that the product noted off its person's list: what it was about has come. Not one that is done."""
    task = Task.objects.open().select_for_update(of=("self",), no_key=True).filter(pk=task_id, archived_at=None).first()
    if task is not None:
        save_changes(task, {"archived_at": now()})
        _record("task.archived", SYSTEM, task)


def _turned(actor: Actor, task_id: UUID, version: int, event: str, *, is_done: bool) -> Task:
    task = _lock_own(actor, task_id)
    if task.is_done != is_done:
        check_version(task, version)
        save_changes(task, {"done_at": now() if is_done else None})
        _record(event, actor, task)
    return task


def _lock_own(actor: Actor, task_id: UUID) -> Task:
    tasks = Task.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    task = tasks.filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def _record(event: str, actor: Actor, task: Task) -> None:
    """Record what happened to a task: for its person alone, so in no room."""
    data = {"user": str(task.user_id), "version": task.version}
    record(event, actor=actor, room=None, subject=task, data=data)


def _want_reminder(actor: Actor, task: Task) -> None:
    if task.remind_at is None:
        return
    data = {"user": str(task.user_id), "at": task.remind_at.isoformat()}
    record("task.reminder_wanted", actor=actor, room=None, subject=task, data=data, deliver_at=task.remind_at)


def _checked(actor: Actor, values: dict[str, Any], task: Task | None) -> dict[str, Any]:
    """Return the model's fields for `values`, checked; `task` is the one they change, None for a new one."""
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "title":
                clean[field] = checks.line(field, value)
            case "about":
                clean |= _about(checks, actor, value)
            case "due_on":
                clean[field] = checks.day(field, value, required=False)
            case "due_at":
                clean[field] = checks.instant(field, value, required=False)
            case "time_zone":
                clean[field] = time_zone(checks, value)
            case "remind_at":
                clean[field] = _reminder(checks, value, task)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    if values.get("due_on") and values.get("due_at"):
        checks.add("due_on", _("Give the day, or the moment; the day of a moment follows from it."), code="one_of")
    checks.done()
    return _with_day(clean, task)


def _with_day(clean: dict[str, Any], task: Task | None) -> dict[str, Any]:
    """Keep day and moment together: a moment brings its day along, another day or none takes the moment away."""
    zone = clean.get("time_zone") or (task.time_zone if task else "")
    if clean.get("due_at") and zone:
        return clean | {"due_on": clean["due_at"].astimezone(ZoneInfo(zone)).date()}
    if "due_on" in clean:
        return clean | {"due_at": None}
    if "due_at" in clean:
        return clean | {"due_on": None}
    return clean


def _reminder(checks: Checks, value: Any, task: Task | None) -> datetime | None:
    """Return when to remind: a moment that still comes, or the one it was."""
    at = checks.instant("remind_at", value, required=False)
    if at is not None and at <= now() and not (task and task.remind_at == at):
        checks.add("remind_at", _("This moment has passed. Choose one that still comes."), code="in_the_past")
    return at


def _about(checks: Checks, actor: Actor, value: Any) -> dict[str, Any]:
    """Return what a task is about: a deal in its room, or a room."""
    wanted = checked_id(checks, "about", value)
    if wanted is None:
        return {"room_id": None, "subject_id": None}
    place = places_of(actor, [wanted]).get(wanted)
    if place is not None and place.id == wanted:
        return {"room_id": place.room_id, "subject_id": place.id}
    if not Room.objects.visible_to(actor).filter(pk=wanted).exists():
        checks.add("about", _("Choose one from the list."), code="unknown")
    return {"room_id": wanted, "subject_id": None}
