"""The dialogs in which something new is written down, on whatever page one is."""

from typing import Any

from django import template

from crm.web.activity import ActivityForm
from crm.web.task import TaskForm

register = template.Library()

GIVEN = ("request", "user", "csrf_token")


@register.inclusion_tag("crm/activity/_dialog.html", takes_context=True)
def new_activity(context: template.Context, room_id: Any) -> dict[str, Any]:
    """`{% new_activity room.pk %}`: for a call, a meeting, an e-mail or a note in this room."""
    return {name: context.get(name) for name in GIVEN} | {"activity": ActivityForm(), "room_id": room_id}


@register.inclusion_tag("crm/task/_dialog.html", takes_context=True)
def new_task(context: template.Context, about: Any = "") -> dict[str, Any]:
    """`{% new_task deal.pk %}`: for a task of one's own, about a deal or a room, or about nothing in particular."""
    return {name: context.get(name) for name in GIVEN} | {"task_form": TaskForm(about=str(about or ""))}
