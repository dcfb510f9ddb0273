"""Rows that are clients. One who is here already is found by the domain, else by the name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actions.imported_row import Incoming
from crm.models import LineResult
from deals.imports import link
from deals.imports.clean import Clean
from deals.imports.rows.work import Work, custom_of, key_of

_FIELDS = ("name", "domain", "website", "industry", "country", "city")


def incoming(work: Work, rows: Sequence[Clean]) -> list[tuple[Clean, Incoming]]:
    """Return what these rows are as clients."""
    for clean in rows:
        if not clean.get("name"):
            work.leave(clean, LineResult.FAULT, _("There is no name in this row."))
    open_rows = work.open(rows)
    here = _here(work, open_rows)
    parents = _parents(work, open_rows)
    keys = {clean.line: _key(work, clean) for clean in open_rows}
    beside = {f"id:{clean.get('id')}": keys[clean.line] for clean in open_rows if clean.get("id")}
    beside |= {f"name:{clean.get('name').lower()}": keys[clean.line] for clean in open_rows}
    found = []
    for clean in open_rows:
        fields: dict[str, Any] = work.having({name: clean.get(name) for name in _FIELDS})
        if {"parent_id", "parent_name"} & work.mapped:
            fields |= _parent_of(clean, parents, beside)
        row = Incoming(keys[clean.line], fields, custom_of(clean, work), same_as=here.get(clean.line))
        found.append((clean, row))
    return found


def _key(work: Work, clean: Clean) -> str:
    is_named = work.run.source.startswith("maven:")  # as the import of the whole folder remembers them
    return str(clean.get("name")) if is_named else key_of(clean, clean.get("domain") or clean.get("name"))


def _here(work: Work, rows: Sequence[Clean]) -> dict[int, UUID]:
    """Return by line which clients are here already. Who came from this source before is known by number."""
    domains = link.clients_by_domain(work.actor, {one.get("domain") for one in rows} - {""})
    names = link.clients_by_name(work.actor, {one.get("name") for one in rows})
    ours = link.brought_by(work.run.source, {*domains.values(), *names.values()})
    found = {}
    for clean in rows:
        client = domains.get(clean.get("domain")) or names.get(clean.get("name").lower())
        if client is not None and client not in ours:
            found[clean.line] = client
    return found


def _parents(work: Work, rows: Sequence[Clean]) -> dict[str, UUID]:
    numbers = link.by_number(work.run, "organizations", {one.get("parent_id") for one in rows} - {""})
    names = link.clients_by_name(work.actor, {one.get("parent_name") for one in rows} - {""})
    return {**{f"name:{name}": pk for name, pk in names.items()}, **{f"id:{key}": pk for key, pk in numbers.items()}}


def _parent_of(clean: Clean, parents: dict[str, UUID], beside: dict[str, str]) -> dict[str, Any]:
    """Return who stands above: a client who is here, or one who comes along in the same batch, by its key."""
    named = [f"id:{clean.get('parent_id')}", f"name:{clean.get('parent_name').lower()}"]
    named = [one for one in named if not one.endswith(":")]
    parent = next((parents[one] for one in named if one in parents), None)
    key = next((beside[one] for one in named if one in beside), "")
    if parent is None and key:
        return {"parent": key}
    if parent is None and (clean.get("parent_id") or clean.get("parent_name")):
        name = clean.get("parent_name") or clean.get("parent_id")
        clean.notes.append(_("“%(name)s” is not here yet; bring the file in again to set it.") % {"name": name})
    return {"parent_id": parent}
