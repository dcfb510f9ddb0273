"""Adding to a room's ledger. The chain's mathematics is in `crm.rules.chain`."""

import secrets
from collections.abc import Mapping
from typing import Any

from crm.actors import Actor
from crm.clock import now
from crm.models import Consent, Contact, LedgerEntry, LedgerPayload, Participant, Room, SignInFacts
from crm.rules.chain import GENESIS, SALT_BYTES, entry_hash, payload_digest

PASSING = ("session", "address", "browser")
"""What evidence keeps of a sign-in for a while only; how and when somebody signed in stays."""


def append_entry(
    room: Room,
    type: str,
    *,
    payload: dict[str, Any],
    consent: Consent | None = None,
    session: Mapping[str, str] | None = None,
) -> LedgerEntry:
    """Add one entry to the chain of `room`, whose lock the caller holds.

    `payload` is plain JSON, kept apart and salted. `session` is what is known of the sign-in (`Actor.session`): how and
    when goes into the payload as `how`, the rest is kept beside it as long as `SIGN_IN_FACTS_DAYS` says.
    """
    last = LedgerEntry.objects.filter(room=room).order_by("-seq").first()
    seq, prev_hash, at = (last.seq + 1, last.hash, now()) if last else (1, GENESIS, now())
    salt, facts_salt = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES)
    facts = {key: value for key, value in (session or {}).items() if key in PASSING}
    if session:
        how = {key: value for key, value in session.items() if key not in PASSING}
        payload = payload | {"how": how | ({"facts_digest": payload_digest(facts, facts_salt)} if facts else {})}
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
    kept = LedgerPayload.objects.create(entry=entry, salt=salt, content=payload)
    if facts:
        SignInFacts.objects.create(payload=kept, salt=facts_salt, content=facts)
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
