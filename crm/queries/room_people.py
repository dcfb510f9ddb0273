"""Who is at the table of a room, as everybody in it sees them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from crm.formats import first_name
from crm.models import Participant, Role, Room, RoomMember, Side, User


@dataclass(frozen=True)
class AtTable:
    """One person at the table. `contact` is set for buyers and partners, `user` for staff; `role` says what they are here.

    `is_in` is whether they have come, or were only invited so far.
    """

    name: str
    side: str
    role: str
    contact: UUID | None = None
    user: UUID | None = None
    is_in: bool = True

    @property
    def short(self) -> str:
        """What they are called in short."""
        return first_name(self.name)


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


def names_for_an_at(people: Sequence[AtTable], me: UUID) -> list[str]:
    """Return whom `me` (a contact) can name behind an @: the others at the table, without those of one name."""
    called = Counter(one.name.casefold() for one in people)
    return sorted(one.name for one in people if one.contact != me and called[one.name.casefold()] == 1)


def who_answers_for(room: Room) -> list[User]:
    """Return who of the staff decides in a room: its owner; where they have left, who works in it, else the nearest manager.

    Administrators where there is nobody at all. Whoever has left, or never could sign in (imported), is not among them.
    """
    if room.owner.is_active:
        return [room.owner]
    staff = User.objects.active().order_by("pk")
    return list(staff.filter(memberships__room=room)) or _nearest_managers(room) or list(staff.filter(role=Role.ADMIN))


def _nearest_managers(room: Room) -> list[User]:
    managers = User.objects.active().filter(role=Role.MANAGER, team__in=room.team.lineage).order_by("pk")
    for team in reversed(room.team.lineage):
        if found := [one for one in managers if one.team_id == team]:
            return found
    return []


def _guest(room: Room, grant: Participant) -> AtTable:
    contact = grant.contact
    elsewhere = contact.organization if contact.organization_id != room.organization_id else None
    role = ", ".join(filter(None, (str(elsewhere or ""), contact.title)))
    return AtTable(contact.name, grant.side, role, contact.pk, is_in=grant.joined_at is not None)


def _host(user: User) -> AtTable:
    words = {Role.SUCCESS: _("Stays after you decide"), Role.DELIVERY: _("Delivers it")}
    role = user.title or words.get(Role(user.role), settings.ORGANIZATION_SHORT_NAME)
    return AtTable(user.name, Side.SELLER, role, user=user.pk)
