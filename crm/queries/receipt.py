"""Receipts: an answer with everything that proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Consent, LedgerEntry, Question
from crm.queries.subject import subjects_of
from crm.queries.waiting import fingerprint, lines_of
from crm.registry import Line, consent_kind
from crm.rules.chain import GENESIS, entry_hash, payload_digest


@dataclass(frozen=True)
class Link:
    """One entry of the chain about this answer, with its neighbours. `content` is None once it is erased."""

    entry: LedgerEntry
    before: LedgerEntry | None
    after: LedgerEntry | None
    content: dict[str, Any] | None
    is_whole: bool


@dataclass(frozen=True)
class Receipt:
    """One answer: what was asked and shown, what was said, and its entries in the room's ledger, oldest first.

    `later` is the answer that has taken its place, if one has.

    `subject` is the row it was about, `person` who answered, as the ledger kept it on that day (None: erased, or not
    answered yet).
    """

    consent: Consent
    subject: Any
    label: str | Promise
    lines: Sequence[Line]
    links: Sequence[Link]
    is_mine: bool
    later: UUID | None

    @property
    def shown_hash(self) -> str:
        """What the form that confirms a record carries."""
        return fingerprint([self.consent])

    @property
    def entries(self) -> list[LedgerEntry]:
        """The entries themselves."""
        return [link.entry for link in self.links]

    @property
    def given(self) -> Link | None:
        """The entry in which the answer was given or written down."""
        return next((link for link in self.links if link.entry.type in ("answered", "recorded")), None)

    @property
    def person(self) -> dict[str, Any] | None:
        """Who answered, as then: name, email, title, organization."""
        return self.content.get("of") or self.content.get("by")

    @property
    def content(self) -> dict[str, Any]:
        """What the entry of the answer says; empty when it is erased, or not given yet."""
        return (self.given.content or {}) if self.given else {}

    @property
    def asked(self) -> Link | None:
        """The entry in which it was asked, or written down."""
        return next((link for link in self.links if link.entry.type in ("asked", "recorded")), None)

    @property
    def asked_content(self) -> dict[str, Any]:
        """What that entry says; empty when it is erased."""
        return (self.asked.content or {}) if self.asked else {}

    @property
    def is_recorded(self) -> bool:
        """Whether staff wrote the answer down, by the chain."""
        return self.asked.entry.type == "recorded" if self.asked else self.consent.question.is_recorded

    @property
    def is_erased(self) -> bool:
        """Whether what the answer's entry said was erased."""
        return self.given is not None and self.given.content is None

    @property
    def is_whole(self) -> bool:
        """Whether every entry fits its neighbours and its own words, computed now."""
        return all(link.is_whole for link in self.links)

    @property
    def button(self) -> str:
        """The label of the button that was pressed, as the ledger keeps it; empty for a recorded answer."""
        return str(self.content.get("button", ""))

    @property
    def locale(self) -> str:
        """The language of the page, in the reader's words."""
        code = str(self.content.get("locale", ""))
        return str(dict(settings.LANGUAGES).get(code, code))


def get_question(actor: Actor, question_id: UUID) -> Question:
    """Return a question the actor may see, of the room a participant is in. Raises `NotFound`."""
    questions = Question.objects.visible_to(actor).select_related("asked_by", "asked_of__contact", "room")
    question = questions.filter(pk=question_id).first()
    if question is None:
        raise NotFound
    return question


def get_receipt(actor: Actor, consent_id: UUID) -> Receipt:
    """Return the receipt of a consent the actor may see. Raises `NotFound`."""
    found = receipts_of(actor, Consent.objects.filter(pk=consent_id))
    if not found:
        raise NotFound
    return found[0]


def receipts_of(actor: Actor, consents: QuerySet[Consent]) -> list[Receipt]:
    """Return the receipts of those of `consents`, all of one room, that the actor may see, in the order they were asked."""
    seen = Consent.objects.visible_to(actor).filter(pk__in=consents.values("pk"))
    later = Consent.objects.instead_of(OuterRef("pk")).values("pk")[:1]
    rows = list(
        seen.annotate(later=Subquery(later))
        .select_related(
            "question__asked_by",
            "question__evidence",
            "participant__contact__organization",
            "revision",
            "room",
            "supersedes__revision",
            "supersedes__question",
        )
        .order_by("question__asked_at", "question_id", "id")
    )
    links = _links(rows)
    subjects = subjects_of(rows)
    return [
        Receipt(
            consent=row,
            subject=subjects[row.kind, row.subject_id],
            label=consent_kind(row.kind).label(subjects[row.kind, row.subject_id]),
            lines=lines_of(row.revision),
            links=links[row.pk],
            is_mine=actor.participant is not None and row.participant_id == actor.participant.pk,
            later=row.later,
        )
        for row in rows
    ]


def _links(consents: Sequence[Consent]) -> dict[UUID, list[Link]]:
    """Return the entries about each consent (all of one room) with their neighbours in the chain, in one query."""
    if not consents:
        return {}
    chain = LedgerEntry.objects.filter(room=consents[0].room_id)
    own = chain.filter(consent__in=[consent.pk for consent in consents]).values("seq")
    beside = Q(seq__in=own) | Q(seq__in=own.values(place=F("seq") - 1)) | Q(seq__in=own.values(place=F("seq") + 1))
    by_seq = {entry.seq: entry for entry in chain.filter(beside).select_related("payload").order_by("seq")}
    found: dict[UUID, list[Link]] = {consent.pk: [] for consent in consents}
    for seq, entry in by_seq.items():
        if entry.consent_id in found:
            found[entry.consent_id].append(_link(entry, by_seq.get(seq - 1), by_seq.get(seq + 1)))
    return found


def _link(entry: LedgerEntry, before: LedgerEntry | None, after: LedgerEntry | None) -> Link:
    payload = getattr(entry, "payload", None)
    expected = entry_hash(
        prev_hash=before.hash if before else GENESIS,
        room_id=entry.room_id,
        seq=entry.seq,
        type=entry.type,
        at=entry.at,
        payload_digest=entry.payload_digest,
    )
    fits = payload is None or payload_digest(payload.content, bytes(payload.salt)) == entry.payload_digest
    is_whole = entry.hash == expected and fits and (after is None or after.prev_hash == entry.hash)
    return Link(entry, before, after, payload.content if payload else None, is_whole)


@dataclass(frozen=True)
class OwnAnswer:
    """One thing somebody was asked: what it was about, and what that is a part of ("" where it stands for itself)."""

    consent: Consent
    label: str | Promise
    within: str


def answers_of(actor: Actor) -> list[OwnAnswer]:
    """Return everything the actor was asked in this room, newest first: their own answers."""
    if actor.participant is None:
        return []
    mine = Consent.objects.visible_to(actor).filter(participant=actor.participant)
    rows = list(mine.select_related("question__asked_by", "revision").order_by("-question__asked_at", "-id"))
    subjects = subjects_of(rows)
    return [_own_answer(row, subjects[row.kind, row.subject_id]) for row in rows]


def _own_answer(consent: Consent, subject: Any) -> OwnAnswer:
    kind = consent_kind(consent.kind)
    return OwnAnswer(consent, kind.label(subject), kind.within(subject) if kind.within else "")
