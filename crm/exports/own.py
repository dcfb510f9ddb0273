"""What the ground lets be exported: the directory, and what was said and written in rooms."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.exports.kind import Column, ExportKind, register_export
from crm.models import Activity, Comment, Contact, CustomFieldOn, Organization, Task, User

WRITTEN = (
    Column(_("Written by"), "author_name"),
    Column(_("Only seen by"), "private_to"),
    Column(_("Written down"), "created_at"),
)
ROOM = (Column(_("Room id"), "room_id"), Column(_("Room"), "room.title"))


def _organizations(actor: Actor) -> QuerySet[Any]:
    return Organization.objects.visible_to(actor).filter(archived_at=None).select_related("parent", "relationship")


def _contacts(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = Contact.objects.visible_to(actor).with_private_details_for(actor)
    return rows.filter(archived_at=None, erased_at=None).select_related("organization")


def _private(name: str) -> Any:
    """Return how a private detail of a contact is read: empty for whoever does not see it."""
    return lambda row: getattr(row, name) if row.details_visible else ""


def _activities(actor: Actor) -> QuerySet[Any]:
    return Activity.objects.visible_to(actor).select_related("room", "by_user", "by_contact")


def _comments(actor: Actor) -> QuerySet[Any]:
    return Comment.objects.visible_to(actor).filter(archived_at=None).select_related("room", "by_user", "by_contact")


def _tasks(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = Task.objects.visible_to(actor)
    return rows.select_related("room")


def _users(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = User.objects.visible_to(actor)
    return rows.select_related("team")


KINDS = (
    ExportKind(
        "organizations",
        _("Clients"),
        "contacts:read",
        _organizations,
        (
            Column(_("Id"), "id"),
            Column(_("Name"), "name"),
            Column(_("Belongs to"), "parent.name"),
            Column(_("Domain"), "domain"),
            Column(_("Website"), "website"),
            Column(_("Industry"), "industry"),
            Column(_("Country"), "country"),
            Column(_("City"), "city"),
            Column(_("Dream client"), "dream_client"),
            Column(_("Relationship"), "relationship.level"),
            Column(_("Created"), "created_at"),
            Column(_("Changed"), "updated_at"),
        ),
        custom_on=CustomFieldOn.ORGANIZATION,
    ),
    ExportKind(
        "contacts",
        _("Contacts"),
        "contacts:read",
        _contacts,
        (
            Column(_("Id"), "id"),
            Column(_("Name"), "name"),
            Column(_("Job title"), "title"),
            Column(_("E-mail"), read=_private("email")),
            Column(_("Phone"), read=_private("phone")),
            Column(_("Client id"), "organization_id"),
            Column(_("Client"), "organization.name"),
            Column(_("Created"), "created_at"),
            Column(_("Changed"), "updated_at"),
        ),
        custom_on=CustomFieldOn.CONTACT,
    ),
    ExportKind(
        "activities",
        _("Activities"),
        "rooms:read",
        _activities,
        (
            Column(_("Id"), "id"),
            *ROOM,
            Column(_("Type"), "type"),
            Column(_("When"), "at"),
            Column(_("Minutes"), "minutes"),
            Column(_("Subject"), "subject"),
            Column(_("Words"), "body"),
            *WRITTEN,
        ),
    ),
    ExportKind(
        "comments",
        _("Comments"),
        "rooms:read",
        _comments,
        (Column(_("Id"), "id"), *ROOM, Column(_("Section"), "section"), Column(_("Words"), "body"), *WRITTEN),
    ),
    ExportKind(
        "tasks",
        _("Your tasks"),
        "rooms:read",
        _tasks,
        (
            Column(_("Id"), "id"),
            Column(_("Title"), "title"),
            *ROOM,
            Column(_("Due on"), "due_on"),
            Column(_("Done"), "done_at"),
            Column(_("Created"), "created_at"),
        ),
    ),
    ExportKind(
        "users",
        _("Colleagues"),
        "contacts:read",
        _users,
        (
            Column(_("Id"), "id"),
            Column(_("Name"), "name"),
            Column(_("E-mail"), "email"),
            Column(_("Role"), "role"),
            Column(_("Team"), "team.name"),
            Column(_("Active"), "is_active"),
        ),
    ),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_export(kind)
