"""Adding to a room's ledger. The chain's mathematics is in `crm.rules.chain`."""

import secrets
from typing import Any

from crm.actors import Actor
from crm.clock import now
from crm.models import Consent, Contact, LedgerEntry, LedgerPayload, Participant, Room
from crm.rules.chain import GENESIS, entry_hash, payload_digest

SALT_BYTES = 32


def append_entry(room: Room, type: str, *, payload: dict[str, Any], consent: Consent | None = None) -> LedgerEntry:
    """Add one entry to the chain of `room`, whose lock the caller holds.

    `payload` is plain JSON, kept apart and salted.
    """
    last = LedgerEntry.objects.filter(room=room).order_by("-seq").first()
    seq, prev_hash, at = (last.seq + 1, last.hash, now()) if last else (1, GENESIS, now())
    salt = secrets.token_bytes(SALT_BYTES)
    digest = payload_digest(payload, salt)
    entry = LedgerEntry.objects.create(
        room=room,
        seq=seq,
        type=type,
        consent=consent,
        at=at,
        prev_hash=prev_hash,
        payload_digest=digest,
        hash=entry_hash(prev_hash=prev_hash, room_id=room.pk, seq=seq, type=type, at=at, payload_digest=digest),
    )
    LedgerPayload.objects.create(entry=entry, salt=salt, content=payload)
    return entry


def person_as_now(participant: Participant) -> dict[str, Any]:
    """Return who a participant is at this moment, as evidence keeps it: name, e-mail, title, organisation, side.

    `shared_mailbox` is there, and true, where others read the mailbox that proves who it is.
    """
    contact = participant.contact
    known = Contact.objects.with_shared_mailbox().get(pk=contact.pk)
    return {
        "contact": str(contact.pk),
        "name": contact.name,
        "email": contact.email,
        "title": contact.title,
        "organization": contact.organization.name if contact.organization else "",
        "side": participant.side,
        **({"shared_mailbox": True} if getattr(known, "mailbox_is_shared", False) else {}),
    }


def actor_as_now(actor: Actor) -> dict[str, Any]:
    """Return who acts, as evidence keeps it."""
    if actor.participant:
        return person_as_now(actor.participant)
    if actor.user is None:
        return {"name": "", "side": actor.side}
    return {"user": str(actor.user.pk), "name": actor.user.name, "email": actor.user.email, "side": actor.side}
