"""Staff: made, changed and deactivated by an administrator."""

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import locale, time_zone
from crm.actions.team import check_admin
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.address import mailbox_of
from crm.checks import Checks, checked_id
from crm.clock import now
from crm.errors import NotFound, Refused
from crm.events.record import record
from crm.models import ApiKey, Participant, Role, Team, User
from crm.sessions import content_of


@transaction.atomic
def create_user(*, actor: Actor, values: dict[str, Any]) -> User:
    """Add a member of staff, without a password: they set one by "Set a new password" on the sign-in page.

    `values`: email, name, title, role, team (id), time_zone, locale. Raises `Invalid` at the field.
    """
    check_admin(actor)
    clean = _checked({"email": "", "name": "", **values}, None)
    user: User = User.objects.create_user(**clean)
    record("user.created", actor=actor, room=None, subject=user, data={"role": user.role})
    return user


@transaction.atomic
def change_user(*, actor: Actor, user_id: UUID, version: int, values: dict[str, Any]) -> User:
    """Change some fields of a member of staff. Raises `Stale`, and `Refused` for the last administrator's role."""
    check_admin(actor)
    user = _lock(user_id)
    check_version(user, version)
    clean = _checked(values, user)
    if clean.get("role", user.role) != user.role:
        _check_not_the_last(user)
    changed = save_changes(user, clean)
    if changed:
        record("user.changed", actor=actor, room=None, subject=user, data={"fields": changed})
    return user


@transaction.atomic
def deactivate_user(*, actor: Actor, user_id: UUID, version: int) -> User:
    """End somebody's access at once: sessions and API keys. What they wrote stays. Raises `Refused`, `Stale`."""
    check_admin(actor)
    user = _lock(user_id)
    check_version(user, version)
    if not user.is_active:
        return user
    _check_not_the_last(user)
    save_changes(user, {"is_active": False})
    end_sessions(user)
    ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=now())
    record("user.deactivated", actor=actor, room=None, subject=user)
    return user


@transaction.atomic
def reactivate_user(*, actor: Actor, user_id: UUID, version: int) -> User:
    """Let somebody sign in again. Their old sessions and keys stay ended."""
    check_admin(actor)
    user = _lock(user_id)
    check_version(user, version)
    if save_changes(user, {"is_active": True}):
        record("user.reactivated", actor=actor, room=None, subject=user)
    return user


def end_sessions(user: User) -> None:
    """End every staff session of a user. Sessions name their user only inside, so each has to be looked into."""
    mine = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=now()).iterator(chunk_size=500)
        if content_of(session).get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()


def _lock(user_id: UUID) -> User:
    user: User | None = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _check_not_the_last(user: User) -> None:
    """Somebody must be left who can let people in. The administrators' rows are locked, so two cannot leave at once."""
    admins = User.objects.active().filter(role=Role.ADMIN).order_by("pk").select_for_update(of=("self",), no_key=True)
    if user.is_admin and [one.pk for one in admins] == [user.pk]:
        raise Refused(_("This is the last administrator. Name another one first."), code="last_administrator")


def _checked(values: dict[str, Any], user: User | None) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "email":
                clean[field] = _email(checks, value, user)
            case "name":
                clean[field] = checks.line(field, value)
            case "title":
                clean[field] = checks.line(field, value, required=False)
            case "role":
                clean[field] = checks.choice(field, value, Role.values)
            case "team":
                clean["team_id"] = _team(checks, value)
            case "time_zone":
                clean[field] = time_zone(checks, value)
            case "locale":
                clean[field] = locale(checks, value)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _email(checks: Checks, value: Any, user: User | None) -> str:
    address = checks.email("email", value)
    same = User.objects.filter(email__iexact=address)
    if address and (same.exclude(pk=user.pk) if user else same).exists():
        checks.add("email", _("A colleague has this address already."), code="taken")
    if address and _is_let_in(address):
        words = _("Somebody is let into a room with this address. A colleague needs another one.")
        checks.add("email", words, code="lets_in")
    return address


def _is_let_in(address: str) -> bool:
    domain = address.rpartition("@")[2]
    guests = Participant.objects.active().filter(contact__email__iendswith=f"@{domain}")
    return mailbox_of(address) in {mailbox_of(email) for email in guests.values_list("contact__email", flat=True)}


def _team(checks: Checks, value: Any) -> UUID | None:
    team_id = checked_id(checks, "team", value)
    if team_id and not Team.objects.filter(pk=team_id).exists():
        checks.add("team", _("There is no such team."), code="unknown")
        return None
    return team_id
