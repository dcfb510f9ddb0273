"""Reading teams."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Team, User
from crm.models.team import TeamQuerySet
from crm.queries.user import users


@dataclass(frozen=True)
class TeamPeople:
    """A team with its people who can sign in. Without a team: those who have none."""

    team: Team | None
    people: list[User]


def teams(actor: Actor) -> TeamQuerySet:
    """Return all teams for staff, with their parents."""
    return Team.objects.visible_to(actor).select_related("parent")


def get_team(actor: Actor, team_id: UUID) -> Team:
    """Return one team. Raises `NotFound`."""
    team = teams(actor).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def people_by_team(actor: Actor) -> list[TeamPeople]:
    """Return all teams, each below the one above it, with their people; last those without a team. Two queries."""
    people = defaultdict(list)
    for user in users(actor):
        people[user.team_id].append(user)
    rows = list(teams(actor))
    names = {team.pk: team.name.casefold() for team in rows}
    rows.sort(key=lambda team: [(names[pk], pk) for pk in team.lineage])
    found = [TeamPeople(team, people[team.pk]) for team in rows]
    return [*found, TeamPeople(None, people[None])] if people[None] else found
