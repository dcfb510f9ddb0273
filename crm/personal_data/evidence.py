"""Evidence about a person: the words of the ledger's entries, revisions that name them, signed files.

It may be kept for a while for legal claims. What stays for good are hashes: they say nothing without salt and words.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.models import Attachment, LedgerPayload, Question, Revision
from crm.personal_data.files import erase_files
from crm.personal_data.person import Person
from crm.personal_data.rows import deleted, fields_of, plain
from crm.registry import PersonalDataPlace

LEDGER = "ledger"
CHUNK = 200


def find_payloads(person: Person) -> list[UUID]:
    """Return the entries of their rooms that are about them or name them. Tombstones name nobody and stay."""
    found = LedgerPayload.objects.filter(
        Q(entry__room__in=person.rooms) | Q(entry__consent__participant__contact=person.contact)
    ).exclude(entry__type="erased")
    rows = found.order_by("entry_id").values_list("entry_id", "entry__consent__participant__contact", "content")
    return [
        entry_id
        for entry_id, contact_id, content in rows.iterator(chunk_size=CHUNK)
        if contact_id == person.contact.pk or person.traces.are_in(content)
    ]


def find_revisions(person: Person) -> list[UUID]:
    """Return the revisions of their rooms that name them."""
    found = Revision.objects.filter(room__in=person.rooms, content__isnull=False).order_by("pk")
    rows = found.values_list("pk", "content").iterator(chunk_size=CHUNK)
    return [pk for pk, content in rows if person.words.are_in(content)]


def _erase_revisions(ids: Collection[UUID]) -> int:
    return Revision.objects.filter(pk__in=ids, content__isnull=False).update(content=None, erased_at=now())


def _files(person: Person) -> Any:
    """Return the files that prove an answer of theirs, whoever added them, and those of theirs that prove another's."""
    of_answers = Question.objects.filter(evidence__isnull=False)
    theirs = of_answers.filter(asked_of__contact=person.contact)
    mine = Q(by_contact=person.contact, pk__in=of_answers.values("evidence"))
    return Attachment.objects.filter(Q(pk__in=theirs.values("evidence")) | mine)


def _find_files(person: Person) -> list[UUID]:
    return list(_files(person).order_by("pk").values_list("pk", flat=True))


def _erase_evidence_files(ids: Collection[UUID]) -> int:
    return erase_files(Attachment.objects.filter(pk__in=ids))


def _erase_payloads(ids: Collection[UUID]) -> int:
    """Delete words and salts, and with them from where somebody answered."""
    return deleted(LedgerPayload.objects.filter(entry__in=ids))


def _own_payloads(person: Person) -> list[dict[str, Any]]:
    own = LedgerPayload.objects.filter(entry__consent__participant__contact=person.contact)
    names = ("entry__room__title", "entry__type", "entry__at", "content", "facts__content")
    return plain(own.order_by("entry__room", "entry__seq"), *names)


def _own_revisions(person: Person) -> list[dict[str, Any]]:
    own = Revision.objects.filter(consents__participant__contact=person.contact, content__isnull=False).distinct()
    return plain(own.order_by("pk"), "room__title", "kind", "number", "created_at", "content", "content_hash")


PLACES = (
    PersonalDataPlace(
        name="evidence_files",
        label=_("Files that prove an answer"),
        fields=fields_of("crm.Attachment", "name", "sha256"),
        export=lambda person: plain(
            _files(person), "room__title", "name", "content_type", "size", "sha256", "created_at"
        ),
        erase=lambda person: _erase_evidence_files(_find_files(person)),
        find=_find_files,
        erase_rows=_erase_evidence_files,
    ),
    PersonalDataPlace(
        name="revisions",
        label=_("The words you answered about"),
        fields=fields_of("crm.Revision", "content"),
        export=_own_revisions,
        erase=lambda person: _erase_revisions(find_revisions(person)),
        find=find_revisions,
        erase_rows=_erase_revisions,
    ),
    PersonalDataPlace(
        name=LEDGER,
        label=_("Your entries in the rooms’ ledgers"),
        fields=fields_of("crm.LedgerPayload", "salt", "content") | fields_of("crm.SignInFacts", "salt", "content"),
        export=_own_payloads,
        erase=lambda person: _erase_payloads(find_payloads(person)),
        find=find_payloads,
        erase_rows=_erase_payloads,
    ),
)
