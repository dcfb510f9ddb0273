"""Reading one's own tasks: what is still to be done, soonest first, and what was done last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import formats
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotFound
from crm.models import Event, Task
from crm.places import Place, places_of

OPEN_SHOWN, DONE_SHOWN = 200, 20
"""How many tasks a page shows at most."""


@dataclass(frozen=True)
class TaskRow:
    """A task as its person reads it, and `place`, where what it is about is worked on (None: nowhere they see)."""

    task: Task
    place: Place | None

    @property
    def due(self) -> str:
        """When it is due, in the reader's language and time zone."""
        return due_words(self.task)

    @property
    def is_overdue(self) -> bool:
        """Whether its time has passed."""
        return is_overdue(self.task)


def get_task(actor: Actor, task_id: UUID) -> Task:
    """Return one's own task. Raises `NotFound`."""
    task = Task.objects.visible_to(actor).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def open_tasks(actor: Actor, limit: int = OPEN_SHOWN) -> list[TaskRow]:
    """Return what the actor still has to do, soonest first, then what has no day. Two queries."""
    order = (F("due_on").asc(nulls_last=True), F("due_at").asc(nulls_last=True), "created_at", "pk")
    return task_rows(actor, list(Task.objects.visible_to(actor).open().order_by(*order)[:limit]))


def done_tasks(actor: Actor) -> list[TaskRow]:
    """Return what the actor did last. Two queries."""
    done = Task.objects.visible_to(actor).filter(done_at__isnull=False)
    return task_rows(actor, list(done.order_by("-done_at", "-pk")[:DONE_SHOWN]))


def task_rows(actor: Actor, tasks: Sequence[Task]) -> list[TaskRow]:
    """Return tasks with the places they are about."""
    places = places_of(actor, {task.room_id for task in tasks if task.room_id} | _subjects(tasks))
    return [TaskRow(task, _place(task, places)) for task in tasks]


def _subjects(tasks: Sequence[Task]) -> set[UUID]:
    return {task.subject_id for task in tasks if task.subject_id}


def _place(task: Task, places: dict[UUID, Place]) -> Place | None:
    for id in (task.subject_id, task.room_id):
        if id and id in places:
            return places[id]
    return None


def is_overdue(task: Task) -> bool:
    """Whether the day, or the moment, of an open task has passed."""
    if task.is_done or task.due_on is None:
        return False
    return task.due_at < now() if task.due_at else task.due_on < timezone.localdate(now())


def due_words(task: Task) -> str:
    """Return when a task is due: "due today", "tomorrow, 14:00", "was due 9 April"; nothing for one without a day."""
    if task.due_on is None:
        return ""
    day = timezone.localdate(task.due_at) if task.due_at else task.due_on
    words = _day_words(day, timezone.localdate(now()), is_overdue(task) or task.is_done)
    if task.due_at is None:
        return words
    time = formats.clock(task.due_at, timezone.get_current_timezone(), formats.babel_locale())
    return _("%(day)s, %(time)s") % {"day": words, "time": time}


def _day_words(day: date, today: date, is_past: bool) -> str:
    match (day - today).days:
        case 0:
            return _("due today")
        case 1:
            return _("tomorrow")
    shown = formats.day(day, today, formats.babel_locale())
    return _("was due %(day)s") % {"day": shown} if is_past and day < today else _("due %(day)s") % {"day": shown}


def is_still_wanted(event: Event, task: Task) -> bool:
    """Whether a reminder comes at the moment that is chosen now, to somebody who still works here."""
    at = task.remind_at.isoformat() if task.remind_at else ""
    return at == event.data["at"] and task.user.is_active
