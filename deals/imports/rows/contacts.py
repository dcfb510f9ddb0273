"""Rows that are people. Somebody who is here already is found by an address that the actor may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actions.contact import OUR_OWN
from crm.actions.imported_row import Incoming
from crm.models import LineResult
from crm.queries.user import ours
from deals.imports import link
from deals.imports.clean import Clean
from deals.imports.rows.work import Work, add_clients, clients_of, custom_of, key_of


def incoming(work: Work, rows: Sequence[Clean]) -> list[tuple[Clean, Incoming]]:
    """Return what these rows are as contacts."""
    own = ours({one.get("email") for one in rows} - {""})
    for clean in rows:
        if not _name_of(clean):
            work.leave(clean, LineResult.FAULT, _("There is neither a name nor an address in this row."))
        elif clean.get("email") in own:
            work.leave(clean, LineResult.FAULT, str(OUR_OWN))
    clients = clients_of(work, work.open(rows))
    add_clients(work, work.open(rows), clients)
    here = _here(work, work.open(rows))
    return [(clean, _contact(work, clean, clients[clean.line], here.get(clean.line))) for clean in work.open(rows)]


def _contact(work: Work, clean: Clean, client: UUID | None, same_as: UUID | None) -> Incoming:
    fields: dict[str, Any] = {"name": _name_of(clean)}
    fields |= work.having({name: clean.get(name) for name in ("email", "phone", "title")})
    if {"client_id", "client_name", "client_domain"} & work.mapped:
        fields["organization_id"] = client
    key = key_of(clean, clean.get("email")) if clean.get("email") else key_of(clean, _name_of(clean), client)
    return Incoming(key, fields, custom_of(clean, work), same_as=same_as)


def _name_of(clean: Clean) -> str:
    parts = f"{clean.get('first_name')} {clean.get('last_name')}".strip()
    return str(clean.get("name") or parts or clean.get("email").partition("@")[0])[:200]


def _here(work: Work, rows: Sequence[Clean]) -> dict[int, UUID]:
    known = link.people_by_email(work.actor, {one.get("email") for one in rows} - {""})
    ours_already = link.brought_by(work.run.source, known.values())
    found = {}
    for clean in rows:
        person = known.get(clean.get("email").lower())
        if person is not None and person not in ours_already:
            found[clean.line] = person
    return found
