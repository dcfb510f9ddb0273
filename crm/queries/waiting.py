"""What waits for a person in the room, and for others: questions with what changed, and what follows from an answer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from crm.actors import Actor
from crm.clock import now
from crm.models import Answer, Channel, Consent, Question, Revision
from crm.queries.consent import consents_about, last_answer, standing_of
from crm.queries.subject import Named, Subjects, names_of, subjects_of
from crm.registry import ConsentKind, Line, consent_kind
from crm.rules.content_diff import ChangeKind, diff_content
from crm.rules.words import Piece, PieceKind

FRESH_FOR = timedelta(minutes=30)
"""How long a code or passkey is fresh enough for a binding answer."""
GLANCE_LINES, GLANCE = 8, 400
"""How many lines and characters of what is asked about a card shows unfolded."""


def is_long(lines: Sequence[Line]) -> bool:
    """Whether lines are too much to read at a glance."""
    return len(lines) > GLANCE_LINES or sum(len(line.text) for line in lines) > GLANCE


def fingerprint(consents: Sequence[Consent]) -> str:
    """Return the SHA-256 over the hashes of everything a question shows; the answer form carries it."""
    parts = sorted(f"{consent.kind}:{consent.subject_id}:{consent.content_hash}" for consent in consents)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class LineChange:
    """One line that differs, word by word."""

    label: str | Promise
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class AskedAbout:
    """One thing a question is about. `before` is the person's last answer, or the yes of somebody else, that `changes` count from.

    `lines` is all that it says; none for somebody who agreed to `before` themself, and so knows what has not changed.
    `since` is what reads otherwise now than it was asked about.
    """

    consent: Consent
    label: str | Promise
    url: str
    is_section: bool
    before: Consent | None
    changes: Sequence[LineChange]
    lines: Sequence[Line]
    is_overtaken: bool
    since: Sequence[LineChange] = ()

    @property
    def by_me(self) -> bool:
        """Whether the earlier answer was this same person's."""
        return self.before is not None and self.before.participant_id == self.consent.participant_id

    @property
    def is_long(self) -> bool:
        """Whether a card folds its lines."""
        return is_long(self.lines)

    @property
    def glyph(self) -> str:
        """What the glyph shows beside it."""
        return "stale" if self.before and self.before.counts else "seller"


@dataclass(frozen=True)
class Waiting:
    """One question that waits. `shown_hash` is what its form carries; `needs_fresh_code` bars the answer until one came."""

    question: Question
    subjects: Sequence[AskedAbout]
    shown_hash: str
    needs_fresh_code: bool

    @property
    def is_overtaken(self) -> bool:
        """Whether the words have changed since it was asked, so that an answer would not be taken."""
        return any(subject.is_overtaken for subject in self.subjects)


def waiting_for(actor: Actor, question_id: UUID | None = None) -> list[Waiting]:
    """Return the questions that wait for the actor (or the one named), oldest first."""
    if actor.participant is None:
        return []
    mine = Question.objects.visible_to(actor).open().filter(asked_of=actor.participant, channel=Channel.ROOM)
    if question_id is not None:
        mine = mine.filter(pk=question_id)
    questions = mine.select_related("asked_by", "asked_of__contact").prefetch_related("consents__revision")
    return [_waiting(actor, question) for question in questions.order_by("asked_at", "id")]


def _waiting(actor: Actor, question: Question) -> Waiting:
    consents = sorted(question.consents.all(), key=as_shown)
    is_binding = any(consent_kind(consent.kind).binding for consent in consents)
    is_fresh = actor.fresh_at is not None and now() - actor.fresh_at <= FRESH_FOR
    subjects = [_asked_about(actor, consent) for consent in consents]
    return Waiting(question, subjects, fingerprint(consents), is_binding and not is_fresh)


def _asked_about(actor: Actor, consent: Consent) -> AskedAbout:
    kind = consent_kind(consent.kind)
    row = kind.get(consent.subject_id)
    before = _answered_before(actor, consent)
    is_overtaken = kind.current_hash(row) != consent.content_hash
    return AskedAbout(
        consent=consent,
        label=kind.label(row),
        url=kind.url(actor, row),
        is_section=kind.is_section,
        before=before,
        changes=changed_lines(kind, before.revision, consent.revision) if before else [],
        lines=[] if before and _has_agreed_to(before, consent.participant_id) else lines_of(consent.revision),
        is_overtaken=is_overtaken,
        since=_changed_since(actor, kind, row, consent) if is_overtaken else (),
    )


def _changed_since(actor: Actor, kind: ConsentKind, row: Any, consent: Consent) -> list[LineChange]:
    """Return what reads otherwise now than when it was asked about, for somebody who may still read it."""
    if actor.participant is None or not kind.may_answer(actor.participant, row):
        return []
    return _line_changes(kind, consent.revision.content, kind.snapshot(row).content)


def _answered_before(actor: Actor, consent: Consent) -> Consent | None:
    """Return what this question follows: the person's own last answer, yes or not, else a yes of somebody on the same side."""
    about = consents_about(actor, [consent.subject_id]).get(consent.subject_id, [])
    if own := last_answer(about, consent.participant_id, consent.content_hash):
        return own
    side = consent.question.asked_of.side
    older = [
        yes
        for yes in standing_of(consent.content_hash, about).yeses
        if yes.content_hash != consent.content_hash and yes.participant.side == side and yes.revision.erased_at is None
    ]
    return next(iter(older), None)


def _has_agreed_to(before: Consent, participant_id: UUID) -> bool:
    """Whether it is a yes and the person's own word; one that was written down may be to words they never saw."""
    return before.participant_id == participant_id and before.counts and before.is_own_word


def lines_of(revision: Revision) -> list[Line]:
    """Return what a revision says, line by line; nothing when it was erased."""
    return consent_kind(revision.kind).lines(revision.content) if revision.content is not None else []


def changed_lines(kind: ConsentKind, before: Revision, after: Revision) -> list[LineChange]:
    """Return the lines that differ between two revisions, in the order they are read; lines that only moved are left out."""
    return _line_changes(kind, before.content, after.content)


def _line_changes(kind: ConsentKind, before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[LineChange]:
    if before is None or after is None:
        return []
    was, now_ = kind.lines(before), kind.lines(after)
    labels = {line.key: line.label for line in (*was, *now_)}
    changes = []
    for change in diff_content(_rows(was), _rows(now_)):
        if change.kind == ChangeKind.MOVED:
            continue
        if change.field:
            changes.append(LineChange(labels[change.row_id], change.pieces))
        else:
            row, piece = (change.after, PieceKind.ADDED) if change.after else (change.before, PieceKind.REMOVED)
            text = row["text"] if isinstance(row, dict) else ""
            changes.append(LineChange(labels[change.row_id], (Piece(piece, text),)))
    return changes


def _rows(lines: Sequence[Line]) -> dict[str, object]:
    return {"lines": [{"id": line.key, "text": line.text} for line in lines]}


@dataclass(frozen=True)
class WaitingElsewhere:
    """A question that waits for somebody else, and what it is about: no more than whose turn it is, and for what.

    `is_overtaken`: it waits no more, since its words have changed.
    """

    question: Question
    about: Sequence[Named]
    is_overtaken: bool


def waiting_for_others(actor: Actor) -> list[WaitingElsewhere]:
    """Return the questions in the room that wait for other people; both sides see whose turn it is.

    A query for questions, one for what they cover, and one for each kind of thing, however many wait.
    """
    if actor.participant is None:
        return []
    others = Question.objects.visible_to(actor).open().filter(room=actor.participant.room_id)
    rows = others.exclude(asked_of=actor.participant).select_related("asked_of__contact").prefetch_related("consents")
    questions = list(rows.order_by("asked_at", "id"))
    subjects = subjects_of(consent for question in questions for consent in question.consents.all())
    return [_waiting_elsewhere(actor, question, subjects) for question in questions]


def _waiting_elsewhere(actor: Actor, question: Question, subjects: Subjects) -> WaitingElsewhere:
    consents = sorted(question.consents.all(), key=as_shown)
    is_overtaken = any(
        consent_kind(one.kind).current_hash(subjects[one.kind, one.subject_id]) != one.content_hash for one in consents
    )
    return WaitingElsewhere(question, names_of(actor, consents, subjects), is_overtaken)


@dataclass(frozen=True)
class Answered:
    """One thing a closed question was about, and what follows from the answer (empty: nothing by itself).

    Of a question that was replaced `since` is what reads otherwise now; `url` is where it is read.
    """

    consent: Consent
    label: str | Promise
    next: str | Promise
    url: str = ""
    since: Sequence[LineChange] = ()


def answered(actor: Actor, question: Question) -> list[Answered]:
    """Return what a question was about, in the order it was shown, each with what follows a yes."""
    consents = question.consents.select_related("revision", "participant__contact", "question")
    return [_answered(actor, consent) for consent in sorted(consents, key=as_shown)]


def _answered(actor: Actor, consent: Consent) -> Answered:
    kind = consent_kind(consent.kind)
    row = kind.get(consent.subject_id)
    after = kind.after_yes(row) if consent.answer == Answer.AGREED else ""
    if consent.answer != Answer.REPLACED or not kind.is_section:
        return Answered(consent, kind.label(row), after)
    return Answered(consent, kind.label(row), after, kind.url(actor, row), _changed_since(actor, kind, row, consent))


def asked_anew(question: Question, waiting: Sequence[Waiting]) -> Waiting | None:
    """Return the question among those waiting that has taken the place of one that was closed: it can be answered."""
    about = set(question.consents.values_list("subject_id", flat=True))
    later = [one for one in waiting if not one.is_overtaken and one.question.asked_at >= question.asked_at]
    return next((one for one in later if any(each.consent.subject_id in about for each in one.subjects)), None)


def as_shown(consent: Consent) -> tuple[bool, bool, UUID]:
    """What is read comes first, the step it leads to last."""
    return (consent.kind == "stage_move", consent.kind != "problem", consent.pk)
