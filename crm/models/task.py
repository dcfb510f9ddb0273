"""Tasks: what a member of staff wants to do, for their own eyes."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from crm.clock import own_time_zone
from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, each for whom it is."""

    def visible_to(self, actor: "Actor") -> "TaskQuerySet":
        """Return the actor's own tasks: nobody reads another's, an administrator included."""
        if actor.is_system:
            return self.filter(archived_at=None)
        if actor.user is None or not actor.user.is_active:
            return self.none()
        return self.filter(user=actor.user, archived_at=None)

    def open(self) -> "TaskQuerySet":
        """Return what is still to be done."""
        return self.filter(done_at=None)


class Task(models.Model):
    """One thing to do. `room` and `subject_id` (a deal, or nothing but the room) say what it is about, both may be empty.

    It is due on a day (`due_on`, in `time_zone`) and perhaps at a moment of it (`due_at`). `remind_at` is when its
    person wants to be reminded.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    room = models.ForeignKey("crm.Room", models.PROTECT, null=True, blank=True, related_name="tasks")
    subject_id = models.UUIDField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default=own_time_zone)
    remind_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_at=None) | Q(due_on__isnull=False), name="task_moment_has_its_day"),
            models.CheckConstraint(
                condition=Q(subject_id=None) | Q(room__isnull=False), name="task_subject_has_a_room"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "due_on"], condition=Q(done_at=None, archived_at=None), name="task_open_by_user"
            ),
            models.Index(
                fields=["user", "-done_at"],
                condition=Q(done_at__isnull=False, archived_at=None),
                name="task_done_by_user",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        """Whether it is done."""
        return self.done_at is not None

    @property
    def about_id(self) -> object:
        """The id of what it is about: a deal, or a room; None for nothing in particular."""
        return self.subject_id or self.room_id
