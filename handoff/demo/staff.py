"""Who can sign in to a demo: five people, with passwords made at the first start."""

import os
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction

from crm.actions.team import create_team
from crm.actions.user import create_user
from crm.actors import SYSTEM
from crm.models import Role, Team, User

TEAM = "Fresh food and retail"
DOMAIN = "nordlicht.example"
PEOPLE = (
    ("rep", "Maya Okafor", "Account executive", Role.REP),
    ("manager", "Jonas Weber", "Sales manager", Role.MANAGER),
    ("success", "Tomás Herrera", "Customer success", Role.SUCCESS),
    ("delivery", "Priya Raman", "Delivery lead", Role.DELIVERY),
    ("admin", "Ada Lindqvist", "Administrator", Role.ADMIN),
)
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def make_staff(path: Path) -> dict[str, User]:
    """Make the five people when they are missing, and `path` (mode 600) with how they sign in. Returns them by role.

    The file is written anew, with new passwords, when it is missing or does not belong to these people.
    """
    known = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    complete = all(f"{local}@{DOMAIN}" in known for local, *_rest in PEOPLE)
    if complete and path.exists():
        return {local: known[f"{local}@{DOMAIN}"] for local, *_rest in PEOPLE}
    passwords = {local: _password() for local, *_rest in PEOPLE}
    with transaction.atomic():
        team = Team.objects.filter(name=TEAM, parent=None).first() or create_team(actor=SYSTEM, name=TEAM)
        staff = {
            local: _person(local, name, title, role, team, passwords[local]) for local, name, title, role in PEOPLE
        }
    _write(path, staff, passwords)
    return staff


def _person(local: str, name: str, title: str, role: Role, team: Team, password: str) -> User:
    email = f"{local}@{DOMAIN}"
    user: User | None = User.objects.filter(email=email).first()
    if user is None:
        in_team = role in (Role.REP, Role.MANAGER)
        values = {"email": email, "name": name, "title": title, "role": role.value}
        user = create_user(actor=SYSTEM, values=values | ({"team": team.pk} if in_team else {}))
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _password() -> str:
    """Return four groups of four letters: 80 bits, and easy to type."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _place in range(4)) for _group in range(4))


def _write(path: Path, staff: dict[str, User], passwords: dict[str, str]) -> None:
    lines = [
        f"  {user.name:<14} {user.title:<18} {user.email:<28} {passwords[local]}\n" for local, user in staff.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(lines)
    unfinished.replace(path)
