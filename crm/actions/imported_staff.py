"""Staff from an import: offices and managers' teams, managers and reps. Nobody of them can sign in.

An office becomes a team; below it each manager has a team with the manager and their reps in it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from crm.actions.imported_row import Batch, Changes, Incoming, Outcome, compare, remember_changed, remember_new
from crm.actors import Actor
from crm.models import ImportedRow, Role, Team, User


@dataclass(frozen=True)
class StaffRow:
    """One rep with the manager above and the office."""

    name: str
    manager: str
    office: str


@transaction.atomic
def import_staff(*, actor: Actor, source: str, rows: Sequence[StaffRow], domain: str) -> list[Outcome]:
    """Bring in the reps of one file, with their managers and teams. Addresses are made up under `domain`.

    Returns one outcome for each rep. A rep who has another manager in the file than before changes teams, unless
    somebody changed the team here.
    """
    offices = _teams(f"{source}:offices", {row.office: None for row in rows})
    managers = {row.manager: offices[row.office] for row in rows}
    teams = _teams(f"{source}:teams", managers)
    _people(f"{source}:managers", {name: teams[name] for name in managers}, Role.MANAGER, domain)
    return _people(f"{source}:reps", {row.name: teams[row.manager] for row in rows}, Role.REP, domain)


def _teams(source: str, wanted: Mapping[str, Team | None]) -> dict[str, Team]:
    """Return the teams for `wanted` (name to the team above), made when an earlier import did not."""
    known = dict(ImportedRow.objects.filter(source=source, key__in=wanted).values_list("key", "subject_id"))
    found = Team.objects.in_bulk(list(known.values()))
    teams = {name: found[pk] for name, pk in known.items()}
    made = []
    for name, above in wanted.items():
        if name not in teams:
            team = Team(name=_free_name(name, above), parent=above)
            team.lineage = [*(above.lineage if above else []), team.pk]
            team.save(force_insert=True)
            teams[name] = team
            made.append((Incoming(name, {"name": name}), team))
    remember_new(Batch(source), made)
    return teams


def _free_name(name: str, above: Team | None) -> str:
    """A team that is there already is not taken over: its people would see what is imported."""
    taken = set(Team.objects.filter(parent=above, name__startswith=name).values_list("name", flat=True))
    return (
        name
        if name not in taken
        else next(other for number in range(1, len(taken) + 2) if (other := f"{name} (imported {number})") not in taken)
    )


def _people(source: str, wanted: dict[str, Team], role: Role, domain: str) -> list[Outcome]:
    comparison = compare(source, [Incoming(name, {"name": name, "team_id": team.pk}) for name, team in wanted.items()])
    nobody = make_password(None)
    addresses = _Addresses(domain)
    made = [
        (row, User(email=addresses.free(row.key), role=role, is_active=False, password=nobody, **row.fields))
        for row in comparison.new
    ]
    User.objects.bulk_create(user for _row, user in made)
    outcomes = remember_new(Batch(source), made)
    for row, before in comparison.changed:
        user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=before.subject_id)
        touched = str(user.team_id) != before.values["team_id"]
        if not touched:
            user.team_id, user.version = row.fields["team_id"], user.version + 1
            user.save(update_fields=["team", "version"])
        outcomes.append(Outcome(row.key, "unchanged" if touched else "updated", user.pk, ("team",) if touched else ()))
    remember_changed(Batch(source), Changes(remembered=comparison.changed))
    return [*outcomes, *comparison.unchanged]


class _Addresses:
    """Made-up addresses that nobody else has."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._taken = set(User.objects.filter(email__endswith=f"@{domain}").values_list("email", flat=True))

    def free(self, name: str) -> str:
        """Return first.last@domain, with a number where that is taken."""
        ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        local = re.sub(r"[^a-z0-9]+", ".", ascii_name).strip(".")[:60] or "agent"
        number, address = 1, f"{local}@{self._domain}"
        while address in self._taken:
            number += 1
            address = f"{local}.{number}@{self._domain}"
        self._taken.add(address)
        return address
