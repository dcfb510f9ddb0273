"""What the checked rows of each kind become, and the action that brings them in."""

from collections.abc import Callable, Sequence

from crm.actions.imported_activity import import_activities
from crm.actions.imported_contact import import_contacts
from crm.actions.imported_organization import import_organizations
from crm.actions.imported_row import Batch, Incoming, Outcome
from crm.actors import Actor
from deals.actions.imported_deal import import_deals
from deals.imports.clean import Clean
from deals.imports.rows import activities, contacts, deals, organizations
from deals.imports.rows.work import Work

INCOMING: dict[str, Callable[[Work, Sequence[Clean]], list[tuple[Clean, Incoming]]]] = {
    "organizations": organizations.incoming,
    "contacts": contacts.incoming,
    "deals": deals.incoming,
    "activities": activities.incoming,
}


def bring_in(work: Work, batch: Batch, rows: Sequence[Incoming]) -> list[Outcome]:
    """Bring in the rows of one batch, or say what would become of them."""
    actor: Actor = work.actor
    match work.run.kind:
        case "organizations":
            return import_organizations(actor=actor, batch=batch, rows=rows)
        case "contacts":
            return import_contacts(actor=actor, batch=batch, rows=rows)
        case "activities":
            return import_activities(actor=actor, batch=batch, rows=rows)
    return import_deals(actor=actor, batch=batch, rows=rows, to=deals.destination())
