"""Reading teams."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Team
from crm.models.team import TeamQuerySet


def teams(actor: Actor) -> TeamQuerySet:
    """Return all teams for staff, with their parents."""
    return Team.objects.visible_to(actor).select_related("parent")


def get_team(actor: Actor, team_id: UUID) -> Team:
    """Return one team. Raises `NotFound`."""
    team = teams(actor).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team
