"""What a room's archive holds: everything shared that the actor may see, row by row, as plain JSON.

Drafts, internal notes and private files are in nobody's archive. Of the ledger everybody gets each entry, so that the chain can
be checked; what an entry says is left out where the actor does not see it.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from crm.actors import Actor
from crm.clock import now
from crm.evidence.verify import FORMAT
from crm.models import (
    Activity,
    Attachment,
    Authored,
    Comment,
    Consent,
    FileState,
    LedgerEntry,
    Question,
    Revision,
    Room,
)
from crm.queries.room_people import people_at_table
from crm.queries.sign_in import access_log
from crm.rules.canonical import canonical_value

CHUNK = 200
MOST_ENTRIES = 10_000
Row = dict[str, Any]


def about(actor: Actor, room: Room) -> Row:
    """Return what the archive is about, for whom it was made, and who is at the table."""
    last = LedgerEntry.objects.filter(room=room).order_by("-seq").first()
    person = actor.participant
    return _plain(
        {
            "format": FORMAT,
            "exported_at": now(),
            "exported_for": {
                "name": actor.name or settings.ORGANIZATION_NAME,
                "side": actor.side,
                "sections": person.sections if person else None,
            },
            "issuer": settings.ORGANIZATION_NAME,
            "room": {
                "id": room.pk,
                "title": room.title,
                "organization": room.organization.name if room.organization else "",
                "opened_at": room.created_at,
            },
            "people": [
                {"name": one.name, "side": one.side, "role": one.role, "contact": one.contact}
                for one in people_at_table(room)
            ],
            "came_in": [
                {"name": one.name, "side": one.side, "at": one.at}
                for one in access_log(actor, room.pk, MOST_ENTRIES)
                if not one.sentence
            ],
            "head": {"seq": last.seq, "hash": last.hash} if last else None,
        }
    )


def ledger_rows(actor: Actor, room: Room) -> Iterator[Row]:
    """Return every entry of the chain in order. `state` says whether its words are here, erased, or not shown to the actor."""
    seen = Exists(Consent.objects.visible_to(actor).filter(pk=OuterRef("consent")))
    entries = LedgerEntry.objects.visible_to(actor).filter(room=room).annotate(is_seen=seen)
    for entry in entries.select_related("payload__facts", "consent").order_by("seq").iterator(CHUNK):
        yield _plain(
            {
                "seq": entry.seq,
                "type": entry.type,
                "at": entry.at,
                "consent": entry.consent_id,
                "payload_digest": entry.payload_digest,
                "prev_hash": entry.prev_hash,
                "hash": entry.hash,
                **_said(actor, entry),
            }
        )


def _said(actor: Actor, entry: Any) -> Row:
    payload = getattr(entry, "payload", None)
    if payload is None:
        return {"state": "erased"}
    # Entries about no answer (a gate that was waived, a close undone) are the selling side's own; tombstones name numbers only.
    if not (entry.is_seen or entry.type == "erased" or actor.is_seller):
        return {"state": "withheld"}
    said = {"state": "here", "salt": bytes(payload.salt).hex(), "payload": payload.content}
    facts = getattr(payload, "facts", None)
    is_own = actor.participant is not None and entry.consent and entry.consent.participant_id == actor.participant.pk
    if facts and (actor.is_seller or is_own):
        said["facts"] = {"salt": bytes(facts.salt).hex(), "content": facts.content}
    return said


def revision_rows(actor: Actor, room: Room) -> Iterator[Row]:
    """Return what was shown, each time somebody was asked."""
    revisions = Revision.objects.visible_to(actor).filter(room=room).select_related("by_user", "by_contact")
    for one in revisions.order_by("created_at", "id").iterator(CHUNK):
        fields = ("id", "kind", "subject_id", "number", "schema", "content", "content_hash", "created_at", "erased_at")
        yield _plain({field: getattr(one, field) for field in fields} | _author(one))


def question_rows(actor: Actor, room: Room) -> Iterator[Row]:
    """Return what was asked of whom in which words, with the answers."""
    questions = Question.objects.visible_to(actor).filter(room=room)
    related = questions.select_related("asked_of__contact", "asked_by", "evidence").prefetch_related("consents")
    for one in related.order_by("asked_at", "id").iterator(CHUNK):
        yield question_row(one)


def question_row(one: Question) -> Row:
    """Return one question with its answers, as an archive tells it and the chain is compared with it."""
    fields = ("id", "asked_at", "sentence", "benefit", "note", "useful_by", "locale", "closed_at", "channel")
    told = ("given_at", "given_where", "words")
    return _plain(
        {field: getattr(one, field) for field in (*fields, *told)}
        | {
            "asked_of": {
                "participant": one.asked_of_id,
                "contact": one.asked_of.contact_id,
                "name": one.asked_of.contact.name,
                "side": one.asked_of.side,
            },
            "asked_by": one.asked_by.name,
            "asked_by_user": one.asked_by_id,
            "evidence_sha256": one.evidence.sha256 if one.evidence else "",
            "consents": [_consent(consent) for consent in one.consents.all()],
        }
    )


def _consent(one: Consent) -> Row:
    fields: tuple[str, ...] = (
        "id",
        "kind",
        "content_hash",
        "answer",
        "given_answer",
        "note",
        "objection",
        "correction",
    )
    fields += ("answered_at", "confirmed_at", "reopened_at")
    about = {"subject": one.subject_id, "revision": one.revision_id, "supersedes": one.supersedes_id}
    return {field: getattr(one, field) for field in fields} | about | {"participant": one.participant_id}


def comment_rows(actor: Actor, room: Room) -> Iterator[Row]:
    """Return what was said beside the shared rows, and to the room as a whole."""
    shared = Comment.objects.visible_to(actor).filter(room=room, private_to="")
    people = ("by_user", "by_contact", "resolved_by_user", "resolved_by_contact")
    for one in shared.select_related(*people).iterator(CHUNK):
        fields = ("id", "section", "subject_id", "reply_to_id", "body", "is_dispute", "resolved_at", "created_at")
        settled = {"resolved_by": one.resolved_by_name} if one.resolved_at else {}
        yield _plain({field: getattr(one, field) for field in fields} | settled | _author(one))


def activity_rows(actor: Actor, room: Room) -> Iterator[Row]:
    """Return shared talks; they belong to no section, so a limited grant has none."""
    if actor.participant and actor.participant.sections is not None:
        return
    shared = Activity.objects.visible_to(actor).filter(room=room, private_to="").select_related("by_user", "by_contact")
    for one in shared.order_by("at", "id").iterator(CHUNK):
        fields = ("id", "type", "at", "minutes", "subject", "body")
        yield _plain({field: getattr(one, field) for field in fields} | _author(one))


def files(actor: Actor, room: Room) -> list[Attachment]:
    """Return the shared files that were checked, oldest first."""
    shared = Attachment.objects.visible_to(actor).filter(private_to="", room=room, state=FileState.CLEAN)
    return list(shared.select_related("by_user", "by_contact").order_by("created_at", "id"))


def file_row(file: Attachment, path: str) -> Row:
    """Return a file of the archive, which lies under `path` in it; "" when it is not in the storage any more."""
    fields = ("id", "name", "content_type", "size", "sha256", "created_at")
    return _plain({field: getattr(file, field) for field in fields} | _author(file) | {"path": path})


def _author(row: Authored) -> Row:
    return {"by": row.author_name, "by_side": row.by_side}


def _plain(row: Row) -> Row:
    plain = canonical_value(row)
    if not isinstance(plain, dict):
        raise TypeError("A row is a mapping.")
    return {key.removesuffix("_id"): value for key, value in plain.items()}
