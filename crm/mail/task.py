"""The reminder of a task, at the moment its person chose: a consumer of the outbox."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import as_user
from crm.mail.message import Mail, send, site_url
from crm.models import Event, Task
from crm.queries.task import task_rows


def mail_task_reminder(event: Event) -> None:
    """Remind somebody who wanted it: `task.reminder_wanted`. Not of what is done, or when they chose another moment since."""
    task = Task.objects.open().select_related("user").filter(pk=event.subject_id, archived_at=None).first()
    if task is None or not is_still_wanted(event, task):
        return
    (row,) = task_rows(as_user(task.user), [task])
    url = row.place.url if row.place else reverse("crm:tasks")
    subject = lambda: _("You wanted to be reminded: %(task)s") % {"task": task.title}  # noqa: E731
    send(Mail(task.user, "task", subject, {"row": row, "url": site_url(url)}, id=event.pk))


def is_still_wanted(event: Event, task: Task) -> bool:
    """Whether a reminder comes at the moment that is chosen now, to somebody who still works here."""
    at = task.remind_at.isoformat() if task.remind_at else ""
    return at == event.data["at"] and task.user.is_active
