"""Who is told of an event while they have a page open: `Event.visible_to`, decided in memory.

The query decides for one reader about many events, `sees` for one event about many readers, five hundred of them in a
blink. They say the same, and a test holds them to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

SELLER, PARTNER = "seller", "partner"
TEAM_ROLES, MANAGER, ADMIN = ("rep", "manager"), "manager", "admin"
FOR_ADMINISTRATORS = frozenset(
    {
        "data.exported",
        *(f"data_request.{one}" for one in ("made", "answered", "withdrawn")),
        "ledger.checked",
        "ledger.faults_found",
    }
)
"""Types of events without a room that only administrators are told of: who asked to be erased, who
exported what, what a check of the record found."""
FOR_ONE = frozenset(
    (
        *(f"task.{one}" for one in ("created", "changed", "completed", "reopened", "archived", "reminder_wanted")),
        "notification.made",
        "notification.read",
    )
)
"""Types of events without a room that one member of staff alone is told of: whom `data["user"]` names."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room as far as access asks: who owns it, which team it is of (with the teams above), which staff work in it."""

    room: UUID
    owner: UUID
    team: UUID
    lineage: Collection[UUID] = ()
    members: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as far as access asks. `place` is None for one without a room; `section` None where it names none."""

    type: str
    place: Place | None
    private_to: str = ""
    by_contact: UUID | None = None
    section: str | None = None
    participant: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class StaffReader:
    """A member of staff with a page open, in the session called `session`."""

    session: str
    user: UUID
    role: str
    team: UUID | None

    @property
    def person(self) -> UUID:
        """Whose page it is."""
        return self.user

    def sees(self, event: Happened) -> bool:
        """Whether they may know that it happened: in their rooms, unless it is another side's own; without a room nearly all."""
        if event.place is None and event.type in FOR_ONE:
            return event.user == str(self.user)
        if event.place is None:
            return self.role == ADMIN or event.type not in FOR_ADMINISTRATORS
        return event.private_to in ("", SELLER) and self._is_in(event.place)

    def _is_in(self, place: Place) -> bool:
        if self.role == ADMIN or self.user == place.owner or self.user in place.members:
            return True
        if self.team is None or self.role not in TEAM_ROLES:
            return False
        return self.team in place.lineage if self.role == MANAGER else self.team == place.team


@dataclass(frozen=True, slots=True)
class Grant:
    """What lets a contact into one room: their side, and the sections they see (None: all that are shared)."""

    participant: UUID
    side: str
    sections: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class RoomReader:
    """A buyer or partner with a page of a room open; `grants` are those they have now, by room."""

    session: UUID
    contact: UUID
    grants: Mapping[UUID, Grant]

    @property
    def person(self) -> UUID:
        """Whose page it is."""
        return self.contact

    def sees(self, event: Happened) -> bool:
        """Whether they may know that it happened: in their rooms, within their grant, unless it is another side's own."""
        grant = self.grants.get(event.place.room) if event.place else None
        if grant is None:
            return False
        is_mine = event.by_contact == self.contact
        if event.private_to and (event.private_to != grant.side or (grant.side == PARTNER and not is_mine)):
            return False
        return grant.sections is None or is_mine or _is_in_grant(event, grant)


def _is_in_grant(event: Happened, grant: Grant) -> bool:
    """Whether somebody with a grant for some sections sees it: theirs, questions to them, and who came and went."""
    if event.section is not None and event.section in ("", *(grant.sections or ())):
        return True
    asked_of_me = event.type.startswith("consent.") and event.participant == str(grant.participant)
    return asked_of_me or event.type.startswith("participant.")


Reader = StaffReader | RoomReader
