"""Who is at the table of a room, as everybody in it sees them."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from crm.models import Participant, Role, Room, RoomMember, Side, User


@dataclass(frozen=True)
class AtTable:
    """One person at the table. `contact` is set for buyers and partners, `user` for staff; `role` says what they are here."""

    name: str
    side: str
    role: str
    contact: UUID | None = None
    user: UUID | None = None

    @property
    def short(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0]


def people_at_table(room: Room) -> list[AtTable]:
    """Return buyers, then the selling side, then partners. Who was invited and has not come in yet is at the table too."""
    grants = Participant.objects.active().filter(room=room).select_related("contact__organization")
    guests = [_guest(room, grant) for grant in grants.order_by("invited_at", "id")]
    members = RoomMember.objects.filter(room=room, user__is_active=True).exclude(user=room.owner_id)
    hosts = [_host(member.user) for member in members.select_related("user").order_by("added_at", "id")]
    words = _("Your contact at %(name)s") % {"name": settings.ORGANIZATION_SHORT_NAME}
    owner = [AtTable(room.owner.name, Side.SELLER, words, user=room.owner_id)]
    buyers = [guest for guest in guests if guest.side == Side.BUYER]
    return buyers + owner + hosts + [guest for guest in guests if guest.side != Side.BUYER]


def _guest(room: Room, grant: Participant) -> AtTable:
    contact = grant.contact
    elsewhere = contact.organization if contact.organization_id != room.organization_id else None
    role = ", ".join(filter(None, (str(elsewhere or ""), contact.title)))
    return AtTable(contact.name, grant.side, role, contact.pk)


def _host(user: User) -> AtTable:
    words = {Role.SUCCESS: _("Stays after you decide"), Role.DELIVERY: _("Delivers it")}
    role = user.title or words.get(Role(user.role), settings.ORGANIZATION_SHORT_NAME)
    return AtTable(user.name, Side.SELLER, role, user=user.pk)
