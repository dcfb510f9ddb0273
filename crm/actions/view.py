"""Keeping views of lists: a filter, columns and an order under a name, for oneself or shared with one's team."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound
from crm.events.record import record
from crm.models import DefaultView, View
from crm.queries.filter import check_filter
from crm.queries.record import fields_of
from crm.queries.view import read_sort
from crm.record_kinds import RecordKind, record_kind
from crm.rules.filter import to_json
from crm.scopes import check_scope

MOST_VIEWS = 100
"""Views one person keeps of one kind at most."""
MOST_COLUMNS = 30


@transaction.atomic
def save_view(*, actor: Actor, kind: str, values: dict[str, Any]) -> View:
    """Keep a view under a new name. `values`: name, form, filter (JSON), columns, sort, shared (with the actor's team).

    Raises `Invalid` at the field.
    """
    found = record_kind(kind)
    user = _keeper(actor)
    if View.objects.filter(owner=user, kind=kind).count() >= MOST_VIEWS:
        raise Invalid.field("name", _("You keep very many views. Delete some that you need no more."), code="too_many")
    clean = _checked(actor, found, {"name": "", "form": found.forms[0], "filter": {}, **values}, None)
    at = now()
    view = View.objects.create(kind=kind, owner=user, created_at=at, updated_at=at, **clean)
    record("view.saved", actor=actor, room=None, subject=view, data={"kind": kind})
    return view


@transaction.atomic
def change_view(*, actor: Actor, view_id: UUID, version: int, values: dict[str, Any]) -> View:
    """Change a view of one's own: rename it, share it or not, let it show something else. Raises `Stale`, `Invalid`."""
    view = _lock(actor, view_id)
    check_version(view, version)
    changed = save_changes(view, _checked(actor, record_kind(view.kind), values, view))
    if changed:
        record("view.changed", actor=actor, room=None, subject=view, data={"kind": view.kind, "fields": changed})
    return view


@transaction.atomic
def delete_view(*, actor: Actor, view_id: UUID, version: int) -> None:
    """Delete a view of one's own, for everybody it was shared with. Its rows are not touched. Raises `Stale`."""
    view = _lock(actor, view_id)
    check_version(view, version)
    record("view.deleted", actor=actor, room=None, subject=view, data={"kind": view.kind})
    view.delete()


@transaction.atomic
def begin_in_view(*, actor: Actor, kind: str, view_id: UUID | None) -> None:
    """Let the actor begin in a view they may open; in what everybody begins with (None). Told to nobody: it is one's own."""
    user = _keeper(actor)
    if view_id is None:
        DefaultView.objects.filter(user=user, kind=kind).delete()
        return
    if not View.objects.visible_to(actor).filter(pk=view_id, kind=kind).exists():
        raise NotFound
    DefaultView.objects.update_or_create(user=user, kind=kind, defaults={"view_id": view_id})


def _keeper(actor: Actor) -> Any:
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("Views are kept by the selling side."))
    check_scope(actor, "views:write")
    return actor.user


def _lock(actor: Actor, view_id: UUID) -> View:
    """Lock a view the actor may change: their own; an administrator's hand reaches those that are shared."""
    view = View.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    user = _keeper(actor)
    if view.owner_id != user.pk and not user.is_admin:
        raise NotAllowed(_("This view is somebody else's. Save a copy under a name of your own."))
    return view


def _checked(actor: Actor, kind: RecordKind, values: dict[str, Any], view: View | None) -> dict[str, Any]:
    checks, fields = Checks(), fields_of(actor, kind)
    clean: dict[str, Any] = {}
    for name, value in values.items():
        match name:
            case "name":
                clean[name] = _name(checks, actor, kind, value, view)
            case "form":
                clean[name] = checks.choice(name, value, kind.forms)
            case "filter":
                group = checks.part(lambda value=value: check_filter(value, fields), where="filter")  # type: ignore[misc]
                clean[name] = to_json(group) if group is not None else {}
            case "columns":
                clean[name] = checks.choices(name, value, list(fields))[:MOST_COLUMNS]
            case "sort":
                clean[name] = value if checks.part(lambda value=value: value and read_sort(value, fields)) else ""  # type: ignore[misc]
            case "shared":
                clean["team_id"] = _team(checks, actor, view) if value is True else None
            case _:
                checks.add(name, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _name(checks: Checks, actor: Actor, kind: RecordKind, value: Any, view: View | None) -> str:
    name = checks.line("name", value, limit=80)
    owner = view.owner_id if view else actor.user.pk if actor.user else None
    others = View.objects.filter(owner=owner, kind=kind.name, name=name)
    if view is not None:
        others = others.exclude(pk=view.pk)
    if name and others.exists():
        checks.add("name", _("You have a view of this name already."), code="taken")
    return name


def _team(checks: Checks, actor: Actor, view: View | None) -> UUID | None:
    """Return the team a view is shared with: that of its owner."""
    owner = view.owner if view else actor.user
    if owner is None or owner.team_id is None:
        checks.add("shared", _("You are in no team yet, so there is nobody to share it with."), code="no_team")
        return None
    return owner.team_id
