"""Reading what is kept about a person: by them as far as it is theirs, the selling side's private rest by administrators."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm import formats
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.models import Contact, DataRequest
from crm.personal_data.labels import label_of
from crm.personal_data.person import person_of
from crm.registry import personal_data_places


@dataclass(frozen=True)
class Kept:
    """What one place keeps about a person: plain JSON rows. `private`: the selling side's own, not shown in the room."""

    name: str
    label: str | Promise
    private: bool
    rows: Sequence[dict[str, Any]]

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """The rows for reading: what each holds, without what is empty."""
        return [
            [(label_of(name), _text(value)) for name, value in row.items() if value not in _EMPTY] for row in self.rows
        ]


_EMPTY: tuple[Any, ...] = (None, "", [], {})
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def _text(value: Any) -> str:
    """Return a plain value for reading: instants in the reader's own way, nested JSON as it is."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if not _INSTANT.match(value):
        return value
    at = datetime.fromisoformat(value)
    return formats.when(at, now(), timezone.get_current_timezone(), formats.babel_locale())


def kept_about_me(actor: Actor) -> list[Kept]:
    """Return what is kept about whoever is signed in, across all their rooms, without the selling side's private notes."""
    if actor.participant is None:
        return []
    return _kept(actor.participant.contact, private=False)


def kept_by_us(actor: Actor, contact_id: UUID) -> list[Kept]:
    """Return what the selling side keeps about a contact and does not show them: notes, assessments, technical copies.

    For administrators. What the person or their side has not shared is not in it. Raises `NotAllowed`, `NotFound`.
    """
    return _kept(_looked_after(actor, contact_id), private=True)


def kept_besides(actor: Actor, contact_id: UUID) -> list[tuple[str | Promise, int]]:
    """Return which other places keep how many things about a contact: what they see themselves, so nobody reads it for them.

    For administrators. Raises `NotAllowed`, `NotFound`.
    """
    return [(one.label, len(one.rows)) for one in _kept(_looked_after(actor, contact_id), private=False)]


def _looked_after(actor: Actor, contact_id: UUID) -> Contact:
    if actor.user is None or not actor.user.is_admin:
        raise NotAllowed(_("Only an administrator answers requests about data and erases people."))
    contact = Contact.objects.visible_to(actor).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    return contact


def _kept(contact: Contact, *, private: bool) -> list[Kept]:
    person = person_of(contact)
    places = (one for one in personal_data_places() if one.private == private)
    found = (Kept(one.name, one.label, one.private, one.export(person)) for one in places)
    return [one for one in found if one.rows]


def as_json(kept: Sequence[Kept]) -> dict[str, Any]:
    """Return it as the file that the person gets: place by place, with the moment it was put together."""
    places = [{"place": one.name, "label": str(one.label), "rows": list(one.rows)} for one in kept]
    return {"version": 1, "at": now().isoformat(), "places": places}


def data_requests(actor: Actor) -> list[DataRequest]:
    """Return the requests an administrator sees, those that wait first, oldest of them first."""
    requests = DataRequest.objects.visible_to(actor).select_related("contact__organization", "answered_by")
    requests = requests.defer("export")
    waiting = list(requests.open().order_by("asked_at", "pk"))
    return waiting + list(requests.exclude(pk__in=[one.pk for one in waiting]).order_by("-answered_at", "-pk")[:100])


def get_data_request(actor: Actor, request_id: UUID) -> DataRequest:
    """Return one request. Raises `NotFound`."""
    requests = DataRequest.objects.visible_to(actor).select_related("contact", "answered_by", "asked_by__room")
    found = requests.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def own_data_requests(actor: Actor) -> list[DataRequest]:
    """Return what whoever is signed in asked for, newest first, without what was handed over."""
    if actor.participant is None:
        return []
    return list(DataRequest.objects.visible_to(actor).defer("export").order_by("-asked_at", "-pk")[:20])


def handed_over(actor: Actor, request_id: UUID) -> dict[str, Any]:
    """Return what an administrator handed over to whoever is signed in. Raises `NotFound` once it is no longer there."""
    mine = DataRequest.objects.visible_to(actor) if actor.participant else DataRequest.objects.none()
    found = mine.filter(pk=request_id, available_until__gt=now(), export__isnull=False).first()
    if found is None or found.export is None:
        raise NotFound
    content: dict[str, Any] = found.export
    return content
