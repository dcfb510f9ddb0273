"""Reading who can come into a room, for the people page of staff."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.utils.functional import Promise

from crm.actors import Actor
from crm.clock import now
from crm.models import AccessRequest, Contact, Participant, Room, Side
from crm.queries.access_request import open_access_requests
from crm.registry import section_panels, sides_named


@dataclass(frozen=True)
class Access:
    """One grant: `state` is in, invited, ended (the link is too old) or revoked; `sees` names the sections, empty for all.

    `named` is the side on which the person is written down in the room, where that is another one than they came in on.
    """

    grant: Participant
    state: str
    sees: Sequence[str]
    mailbox_is_shared: bool
    named: str | Promise


@dataclass(frozen=True)
class Invitable:
    """Somebody who could be invited, and the side to begin with."""

    contact: Contact
    side: str


@dataclass(frozen=True)
class AccessTable:
    """What the include `crm/participant/_access_table.html` shows.

    `contacts` may be invited, `requests` are people somebody in the room asks for; `may_write` says whether the actor
    decides.
    """

    room: Room
    rows: Sequence[Access]
    requests: Sequence[AccessRequest]
    contacts: Sequence[Invitable]
    sections: Sequence[tuple[str, str | Promise]]
    may_write: bool


def access_table(actor: Actor, room: Room) -> AccessTable:
    """Return who can come into the room, and who could be invited: the client's contacts, and whoever is written down."""
    named = sides_named(actor, room)
    contacts_here = Contact.objects.with_shared_mailbox().select_related("organization")
    grants = Participant.objects.visible_to(actor).filter(room=room).order_by("revoked_at", "invited_at", "id")
    rows = [
        _access(grant, named.get(grant.contact_id, set()))
        for grant in grants.prefetch_related("invitations", Prefetch("contact", contacts_here))
    ]
    taken = {row.grant.contact_id for row in rows if row.grant.is_active}
    known = Q(pk__in=named) | (Q(organization=room.organization_id) if room.organization_id else Q(pk=None))
    contacts = Contact.objects.visible_to(actor).filter(known, archived_at=None)
    free = [Invitable(one, _side(named.get(one.pk, set()))) for one in contacts[:200] if one.pk not in taken]
    may_write = Room.objects.writable_by(actor).filter(pk=room.pk).exists()
    return AccessTable(room, rows, open_access_requests(actor, room.pk), free, section_choices(), may_write)


def section_choices() -> list[tuple[str, str | Promise]]:
    """Return the sections access can be limited to, as the room's tabs name them."""
    return [(panel.section, panel.label) for panel in section_panels()]


def _side(named: Collection[str]) -> str:
    return str(Side.PARTNER if set(named) == {Side.PARTNER} else Side.BUYER)


def _access(grant: Participant, named: Collection[str]) -> Access:
    labels = dict(section_choices())
    latest = max(grant.invitations.all(), key=lambda one: one.created_at, default=None)
    if not grant.is_active:
        state = "revoked"
    elif grant.joined_at is not None:
        state = "in"
    else:
        state = "invited" if latest and latest.expires_at > now() else "ended"
    is_shared = bool(getattr(grant.contact, "mailbox_is_shared", False))
    sees = [str(labels.get(name, name)) for name in grant.sections or []]
    other = "" if not named or grant.side in named else Side(min(named)).label
    return Access(grant, state, sees, is_shared, other)
