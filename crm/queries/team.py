"""Reading teams."""

from crm.actors import Actor
from crm.models import Team
from crm.models.team import TeamQuerySet


def teams(actor: Actor) -> TeamQuerySet:
    """Return all teams for staff, with their parents."""
    return Team.objects.visible_to(actor).select_related("parent")
