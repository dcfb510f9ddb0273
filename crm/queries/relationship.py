"""What we said about knowing an organisation: what stands, and what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.actors import Actor
from crm.models import Organization, Relationship, RelationshipLevel

EARLIER = 20
"""Earlier statements that a page shows at most."""


@dataclass(frozen=True)
class Knowing:
    """How well we know an organisation: what `stands` (None: nobody said yet), and what was said `earlier`, newest first."""

    stands: Relationship | None
    earlier: Sequence[Relationship]

    @property
    def levels(self) -> list[tuple[RelationshipLevel, str]]:
        """Each level with where it is: "done" behind us, "now" where we are, "" ahead."""
        levels = list(RelationshipLevel)
        here = levels.index(RelationshipLevel(self.stands.level)) if self.stands else -1
        return [(one, "done" if place < here else "now" if place == here else "") for place, one in enumerate(levels)]


def how_well_we_know(actor: Actor, organization: Organization) -> Knowing:
    """Return how well we know an organisation, in one query."""
    stands = organization.relationship
    rows = Relationship.objects.visible_to(actor).filter(organization=organization).select_related("by")
    earlier = [one for one in rows.order_by("-at", "-pk")[: EARLIER + 1] if one != stands]
    return Knowing(stands, earlier[:EARLIER])
