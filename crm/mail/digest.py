"""One mail in the morning with what is new and due, to each of our people, and only when there is something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.actors import Actor, as_user
from crm.clock import now, today
from crm.day import Waiting
from crm.mail.message import Mail, news_choice_url, send, site_url
from crm.models import Notification, Task, User
from crm.queries.day import waiting_for_us
from crm.queries.notification import Told, told
from crm.queries.task import TaskRow, task_rows

MORNING, NOON = 7, 12
"""The hours of somebody's day between which a digest leaves. One that could not leave by then waits for the next morning."""
TOO_OLD = timedelta(days=3)
MOST = 30


@dataclass(frozen=True)
class Digest:
    """What one mail says: what is new, which tasks are due today or late, and what waits for the reader besides."""

    news: Sequence[Told]
    tasks: Sequence[TaskRow]
    waiting: Sequence[Waiting]


def send_digests() -> int:
    """Send the digest to everybody whose morning it is and who had none today; return how many left."""
    people = User.objects.active().values_list("pk", "time_zone", "digest_on")
    due = [pk for pk, zone, last in people if _is_morning(zone) and (last is None or last < today(zone))]
    return sum(_send(pk) for pk in due)


def _is_morning(time_zone: str) -> bool:
    return MORNING <= now().astimezone(ZoneInfo(time_zone)).hour < NOON


@transaction.atomic
def _send(user_id: UUID) -> bool:
    """Send one digest, if somebody else is not just doing it. Killed before it is noted, the same mail leaves once more."""
    user = User.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=user_id).first()
    if user is None or (user.digest_on is not None and user.digest_on >= today(user.time_zone)):
        return False
    user.digest_on = day = today(user.time_zone)
    with translation.override(user.locale), timezone.override(user.time_zone):
        digest = digest_of(as_user(user), user, day)
    if is_sent := bool(digest.news or digest.tasks):
        send(_mail(user, digest, day))
        Notification.objects.filter(pk__in=[one.notification.pk for one in digest.news]).update(mailed_at=now())
    user.save(update_fields=["digest_on"])
    return is_sent


def digest_of(actor: Actor, user: User, day: date) -> Digest:
    """Return what is new to somebody since the last mail and was not read in the app, without what they switched off."""
    fresh = Notification.objects.filter(user=user, mailed_at=None, at__gt=now() - TOO_OLD).unread()
    seen = fresh.known_to(actor).exclude(kind__in=user.mails_off).select_related("event__by_user", "event__by_contact")
    news = told(actor, list(seen.order_by("-at", "-id")[:MOST]))
    tasks: list[Task] = []
    if "tasks" not in user.mails_off:
        due = Task.objects.visible_to(actor).open().filter(due_on__lte=day)
        tasks = list(due.order_by("due_on", "due_at", "pk")[:MOST])
    is_new = bool(news) or any(task.due_on == day for task in tasks)
    return Digest(news, task_rows(actor, tasks) if is_new else [], waiting_for_us(actor) if is_new else [])


def _mail(user: User, digest: Digest, day: date) -> Mail:
    context = {
        "digest": digest,
        "url": site_url("/day/"),
        "list_url": site_url("/notifications/"),
        "choice_url": news_choice_url(),
    }
    id = uuid5(NAMESPACE_URL, f"digest:{user.pk}:{day.isoformat()}")
    return Mail(user, "digest", lambda: _subject(digest), context, id=id)


def _subject(digest: Digest) -> str:
    waiting, news = len({one.name for one in digest.waiting}), len(digest.news)
    if waiting:
        words = ngettext("Your day: %(count)s person waits for you", "Your day: %(count)s people wait for you", waiting)
        return words % {"count": waiting}
    if news:
        return ngettext("Your day: %(count)s thing is new", "Your day: %(count)s things are new", news) % {
            "count": news
        }
    return _("Your day: what is due")
