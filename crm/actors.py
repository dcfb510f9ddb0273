"""Who acts: a user, a participant, an API key for its owner, or the system. Never optional, never guessed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from crm.models import ApiKey, Participant, User


class ActorKind(StrEnum):
    """The four kinds of actor."""

    USER = "user"
    PARTICIPANT = "participant"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A frozen value made once per request. Make one with the functions below.

    `fresh_at` is when a participant last proved the mailbox by a code (binding answers need a recent one).
    `session` holds what evidence keeps of the sign-in: how, since when, address and browser.
    """

    kind: ActorKind
    user: "User | None" = None
    participant: "Participant | None" = None
    key: "ApiKey | None" = None
    fresh_at: datetime | None = None
    session: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def side(self) -> str:
        """`seller` for staff, keys and the system; a participant's own side otherwise."""
        return self.participant.side if self.participant else "seller"

    @property
    def is_seller(self) -> bool:
        """Whether the actor stands on the selling side."""
        return self.participant is None

    @property
    def is_system(self) -> bool:
        """Whether nobody in particular acts: a job, an import, a reaction."""
        return self.kind == ActorKind.SYSTEM

    @property
    def name(self) -> str:
        """The person's name, for words such as "Ingrid agreed"; empty for the system."""
        if self.participant:
            return self.participant.contact.name
        return self.user.name if self.user else ""

    @property
    def authorship(self) -> dict[str, Any]:
        """The fields of `Authored` that say who wrote a row."""
        contact = self.participant.contact if self.participant else None
        return {"by_user": self.user, "by_contact": contact, "by_side": self.side}

    def has_scope(self, scope: str) -> bool:
        """Whether the actor may use `scope` (`deals:write`). Only keys are limited by scopes."""
        return self.key is None or scope in self.key.scopes

    @property
    def id(self) -> UUID | None:
        """The id of the row that acts (key, participant or user), None for the system."""
        acting = self.key or self.participant or self.user
        return acting.pk if acting else None


def as_user(user: "User", session: dict[str, str] | None = None) -> Actor:
    """Return the actor for a signed-in member of staff."""
    return Actor(ActorKind.USER, user=user, session=session or {})


def as_participant(
    participant: "Participant", *, fresh_at: datetime | None = None, session: dict[str, str] | None = None
) -> Actor:
    """Return the actor for a buyer or partner in one room."""
    return Actor(ActorKind.PARTICIPANT, participant=participant, fresh_at=fresh_at, session=session or {})


def as_key(key: "ApiKey") -> Actor:
    """Return the actor for an API key: it is its owner, within its scopes."""
    return Actor(ActorKind.KEY, user=key.user, key=key)


SYSTEM = Actor(ActorKind.SYSTEM)
