"""The reminder of a task, at the moment its person chose: a consumer of the outbox."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import as_user
from crm.mail.message import Mail, news_choice_url, send, site_url
from crm.models import Event, Task
from crm.queries.task import is_still_wanted, task_rows


def mail_task_reminder(event: Event) -> None:
    """Remind somebody who wanted it: `task.reminder_wanted`. Not of what is done, or when they chose another moment since."""
    task = Task.objects.open().select_related("user").filter(pk=event.subject_id, archived_at=None).first()
    if task is None or not is_still_wanted(event, task) or "reminder" in task.user.mails_off:
        return
    (row,) = task_rows(as_user(task.user), [task])
    url = row.place.url if row.place else reverse("crm:tasks")
    subject = lambda: _("You wanted to be reminded: %(task)s") % {"task": task.title}  # noqa: E731
    send(
        Mail(
            task.user, "task", subject, {"row": row, "url": site_url(url), "choice_url": news_choice_url()}, id=event.pk
        )
    )
