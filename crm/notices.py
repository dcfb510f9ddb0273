"""The kinds of news of the ground. Registered by `crm.registered`."""

from django.utils.translation import gettext_lazy as _

from crm.actions.notification import notify
from crm.news import NewsKind, register_news
from crm.queries import notification as of
from crm.queries.timeline import OF_ANSWERS
from crm.registry import register_consumer

KINDS = (
    NewsKind(
        "mention",
        _("Somebody names you with an @"),
        ("comment.added",),
        of.mentioned_users,
        of.comment_link,
        asks=True,
    ),
    NewsKind(
        "access",
        _("Somebody asks to bring a colleague into a room"),
        ("access_request.made",),
        of.deciders_of,
        of.access_link,
        asks=True,
    ),
    NewsKind(
        "reminder",
        _("A task you wanted to be reminded of"),
        ("task.reminder_wanted",),
        of.reminded,
        of.task_link,
        asks=True,
    ),
    NewsKind(
        "answers",
        _("Somebody answers what you asked, or says something else since"),
        (*OF_ANSWERS, "consent.confirmed"),
        of.asker_of,
        of.consent_link,
    ),
    NewsKind(
        "words",
        _("Somebody writes, or adds a file, in a room you work in"),
        ("comment.added", "activity.shared", "attachment.added"),
        of.people_of_room,
        of.comment_link,
    ),
    NewsKind(
        "webhooks",
        _("A webhook of yours was switched off, because its address takes nothing any more"),
        ("webhook_endpoint.switched_off",),
        of.owner_of_endpoint,
        of.endpoint_link,
    ),
    NewsKind("tasks", _("Your tasks of the day")),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_news(kind)
    register_consumer("crm.notify", {type for kind in KINDS for type in kind.types}, notify)
