"""The fields of organisations and contacts as tables show them, filters compare them and lists are sorted by them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from crm.models import RelationshipLevel
from crm.queries.record import YES_NO
from crm.record_kinds import RecordField, Words
from crm.rules.filter import FieldType


def _line(name: str, label: Words, *, bulk: bool = False) -> RecordField:
    """Return a field that is one line of text and may be empty."""
    column = NullIf(F(name), Value(""))
    return RecordField(name, label, FieldType.TEXT, column, _attribute(name), blank=True, change=name, bulk=bulk)


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def _time(name: str, label: Words) -> RecordField:
    return RecordField(name, label, FieldType.TIME, name, _attribute(name))


def _detail(name: str, label: Words) -> RecordField:
    """Return a field that follows the rooms: for whoever may not see it, it is empty in filters and orders too."""
    column = NullIf(Case(When(details_visible=True, then=F(name)), default=Value("")), Value(""))
    return RecordField(
        name, label, FieldType.TEXT, column, lambda row: getattr(row, name) if row.details_visible else None, blank=True
    )


ORGANIZATION_FIELDS = (
    RecordField("name", _("Name"), FieldType.TEXT, "name", _attribute("name"), change="name"),
    _line("industry", _("Industry"), bulk=True),
    RecordField(
        "parent",
        _("Belongs to"),
        FieldType.TEXT,
        "parent__name",
        lambda row: row.parent.name if row.parent else None,
        blank=True,
    ),
    _line("city", _("City"), bulk=True),
    _line("country", _("Country"), bulk=True),
    _line("website", _("Web")),
    _line("domain", _("Domain of their mail")),
    RecordField(
        "dream_client",
        _("Dream client"),
        FieldType.YES_NO,
        "dream_client",
        _attribute("dream_client"),
        options=lambda _actor: YES_NO,
        change="dream_client",
        bulk=True,
    ),
    RecordField(
        "relationship",
        _("Relationship"),
        FieldType.CHOICE,
        "relationship__level",
        lambda row: row.relationship.get_level_display() if row.relationship else None,
        order=Case(*(When(relationship__level=one, then=number) for number, one in enumerate(RelationshipLevel))),
        options=lambda _actor: RelationshipLevel.choices,
        blank=True,
    ),
    RecordField(
        "people",
        _("People"),
        FieldType.NUMBER,
        "name",
        lambda row: row.people,
        order="",
        can_filter=False,
    ),
    _time("created_at", _("Added")),
    _time("updated_at", _("Last change")),
)

CONTACT_FIELDS = (
    RecordField("name", _("Name"), FieldType.TEXT, "name", _attribute("name"), change="name"),
    RecordField(
        "organization",
        _("Client"),
        FieldType.TEXT,
        "organization__name",
        lambda row: row.organization.name if row.organization else None,
        blank=True,
    ),
    _line("title", _("What they do"), bulk=True),
    _detail("email", _("E-mail")),
    _detail("phone", _("Phone")),
    RecordField(
        "locale",
        _("Language"),
        FieldType.CHOICE,
        "locale",
        lambda row: dict(settings.LANGUAGES).get(row.locale, row.locale),
        options=lambda _actor: settings.LANGUAGES,
        change="locale",
        bulk=True,
    ),
    _time("created_at", _("Added")),
    _time("updated_at", _("Last change")),
)
