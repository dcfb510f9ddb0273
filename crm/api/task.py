"""Tasks over REST: what you want to do. A key reads and writes those of its owner, nobody else's."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.task import archive_task, change_task, complete_task, create_task, reopen_task
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Instant, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.models import Task
from crm.queries.task import get_task


class TaskAnswer(serializers.Serializer[Any]):
    """A task of yours. `about` is the deal or the room it is about."""

    id = Id()
    title = Text(max_length=200)
    about = Id(source="about_id", allow_null=True)
    room = Id(source="room_id", allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    due_at = Time(allow_null=True)
    time_zone = Text(max_length=64)
    remind_at = Time(allow_null=True)
    done_at = Time(allow_null=True)
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class TaskChange(serializers.Serializer[Any]):
    """The fields of a task. It is due on a day (`due_on`), or at a moment (`due_at`), whose day follows from `time_zone`."""

    title = Text(max_length=200)
    about = Id(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    due_at = Instant(required=False, allow_null=True)
    time_zone = Text(required=False, max_length=64)
    remind_at = Instant(required=False, allow_null=True)


TASKS = Listing(
    TaskAnswer,
    filters=(
        Filter("done", "no_yes", ("done_at__isnull",)),
        Filter("room", "id"),
        Filter("due_from", "day", ("due_on__gte",)),
        Filter("due_to", "day", ("due_on__lte",)),
        Filter("updated_after", "time", ("updated_at__gt",)),
    ),
    sorts=("-created_at", "updated_at"),
)


class TaskList(APIView):
    """Your tasks."""

    @reads("list_tasks", "tasks:read", listing=TASKS)
    def get(self, request: Request) -> Response:
        """List your tasks, newest first."""
        return page(request, TASKS, Task.objects.visible_to(actor_of(request)))

    @writes("create_task", "tasks:write", takes=TaskChange, answers=TaskAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Note a task."""
        made = create_task(actor=actor_of(request), values=values)
        return one(request, TaskAnswer, made, status=201, location=reverse("api:task", args=[made.pk]))


class TaskDetail(APIView):
    """One task."""

    @reads("get_task", "tasks:read", answers=TaskAnswer)
    def get(self, request: Request, task_id: UUID) -> Response:
        """Read a task."""
        return one(request, TaskAnswer, get_task(actor_of(request), task_id), cacheable=True)

    @writes("change_task", "tasks:write", takes=TaskChange, answers=TaskAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], task_id: UUID) -> Response:
        """Change a task."""
        version = version_of(request)
        task = change_task(actor=actor_of(request), task_id=task_id, version=version, values=values)
        return one(request, TaskAnswer, task)

    @writes("archive_task", "tasks:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], task_id: UUID) -> Response:
        """Take a task off the list."""
        archive_task(actor=actor_of(request), task_id=task_id, version=version_of(request))
        return gone()


class TaskCompletion(APIView):
    """Doing a task."""

    @writes("complete_task", "tasks:write", answers=TaskAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], task_id: UUID) -> Response:
        """Say that a task is done."""
        task = complete_task(actor=actor_of(request), task_id=task_id, version=version_of(request))
        return one(request, TaskAnswer, task)


class TaskReopening(APIView):
    """Opening a task again."""

    @writes("reopen_task", "tasks:write", answers=TaskAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], task_id: UUID) -> Response:
        """Say that a task is still to be done."""
        task = reopen_task(actor=actor_of(request), task_id=task_id, version=version_of(request))
        return one(request, TaskAnswer, task)
