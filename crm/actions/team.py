"""Teams: who stands below whom. `lineage` is kept right for the whole part of the tree that moves."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.hierarchy import check_parent, lock_hierarchy
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks, checked_id
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import Team
from crm.scopes import check_scope


@transaction.atomic
def create_team(*, actor: Actor, name: str, parent_id: UUID | str | None = None) -> Team:
    """Add a team below `parent_id`. Raises `Invalid` at `name` or `parent`."""
    check_admin(actor)
    lock_hierarchy(Team)
    name, parent = _checked(name, parent_id, None)
    team = Team(name=name, parent=parent)
    team.lineage = [*(parent.lineage if parent else []), team.pk]
    team.save(force_insert=True)
    record("team.created", actor=actor, room=None, subject=team)
    return team


@transaction.atomic
def change_team(*, actor: Actor, team_id: UUID, version: int, name: str, parent_id: UUID | str | None) -> Team:
    """Rename a team and place it below `parent_id` (None: at the top); all teams below come along."""
    check_admin(actor)
    lock_hierarchy(Team)
    team = Team.objects.select_for_update(of=("self",), no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    name, parent = _checked(name, parent_id, team)
    check_version(team, version)
    if changed := save_changes(team, {"name": name, "parent": parent}):
        if "parent" in changed:
            _place(team, parent)
        record("team.changed", actor=actor, room=None, subject=team, data={"fields": changed})
    return team


def _place(team: Team, parent: Team | None) -> None:
    """Give the team and everything below it the lineage of its new place."""
    cut = len(team.lineage) - 1
    above = list(parent.lineage) if parent else []
    moved = list(Team.objects.select_for_update(of=("self",), no_key=True).filter(lineage__contains=[team.pk]))
    for one in moved:
        one.lineage = above + one.lineage[cut:]
    Team.objects.bulk_update(moved, ["lineage"])
    team.lineage = [*above, team.pk]


def check_admin(actor: Actor) -> None:
    """Raise `NotAllowed` unless an administrator (or the system) acts, with a key only within the scope `admin`."""
    if not (actor.is_system or (actor.is_seller and actor.user is not None and actor.user.is_admin)):
        raise NotAllowed(_("An administrator does this."))
    check_scope(actor, "admin")


def _checked(name: Any, parent_id: UUID | str | None, team: Team | None) -> tuple[str, Team | None]:
    checks = Checks()
    name = checks.line("name", name)
    wanted = checked_id(checks, "parent", parent_id)
    parent = Team.objects.filter(pk=wanted).first() if wanted else None
    if wanted and parent is None:
        checks.add("parent", _("There is no such team."), code="unknown")
    elif parent is not None:
        check_parent(checks, Team, team.pk if team else None, parent.pk)
    same = Team.objects.filter(name=name, parent=parent)
    if (same.exclude(pk=team.pk) if team else same).exists():
        checks.add("name", _("There is a team with this name here already."), code="taken")
    checks.done()
    return name, parent
