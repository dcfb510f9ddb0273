"""Reading consents: where the agreement on something stands, in one place for the staff's pages, the room and REST."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm.actors import SYSTEM, Actor
from crm.models import NOT_YET, UNSAID, Answer, Consent
from crm.rules.agreement import AgreementState, AnswerData, agreement_state

_GONE = (Answer.REPLACED, *UNSAID)
_ANSWERED = (Answer.AGREED, *NOT_YET, Answer.WITHDRAWN)


@dataclass(frozen=True)
class Standing:
    """Where the agreement on one subject stands.

    `state` is what the glyph shows. `yeses` are the standing yeses, those to the present words first, then the newest; `waiting` the open
    questions about the present words; `overtaken` those that can be answered no more, since something they ask about reads
    otherwise now: somebody must ask again; `newest` the consent that the state speaks of, None when nobody was asked; `others` what
    other people answered last to the present words, where that is no yes: it is shown beside the yes of somebody else.
    """

    state: AgreementState
    is_current: bool
    yeses: tuple[Consent, ...] = ()
    waiting: tuple[Consent, ...] = ()
    newest: Consent | None = None
    others: tuple[Consent, ...] = ()
    overtaken: tuple[Consent, ...] = ()

    @property
    def glyph(self) -> str:
        """The state as the template tag `glyph` names it."""
        return self.state.value.replace("_", "-")

    @property
    def yes(self) -> Consent | None:
        """The yes that counts most: to the present words if there is one, else the newest."""
        return self.yeses[0] if self.yeses else None


def consents_about(actor: Actor, subject_ids: Iterable[UUID]) -> dict[UUID, list[Consent]]:
    """Return the consents the actor may see about each of the subjects, oldest first, people and revisions loaded."""
    consents = (
        Consent.objects.visible_to(actor)
        .filter(subject_id__in=list(subject_ids))
        .select_related("question__asked_by", "participant__contact", "revision")
        .defer("revision__content")
        .order_by("question__asked_at", "id")
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in consents:
        found[consent.subject_id].append(consent)
    return found


def standing_about(subject_id: UUID, current_hash: str) -> Standing:
    """Return where the agreement on a subject stands for everybody: what gates, brief and goals go by."""
    return standing_of(current_hash, consents_about(SYSTEM, [subject_id]).get(subject_id, []))


def superseded(consents: Iterable[Consent]) -> set[UUID]:
    """Return the ids of those that a later answer of the same person about the same thing has taken the place of.

    An answer that was never given takes nobody's place: when a record is contested or taken back, the yes before it stands.
    """
    return {one.supersedes_id for one in consents if one.supersedes_id and one.answer not in UNSAID}


def overtaken_questions(consents: Iterable[Consent], current: Mapping[UUID, str]) -> set[UUID]:
    """Return the ids of the open questions that no answer would be taken to: one of their subjects has other words now.

    `current` are the present hashes by subject. One answer goes to all that a question asks about, so one is enough.
    """
    return {
        one.question_id
        for one in consents
        if one.answer == Answer.ASKED and current.get(one.subject_id, one.content_hash) != one.content_hash
    }


def standing_of(current_hash: str, consents: Sequence[Consent], overtaken: Collection[UUID] = ()) -> Standing:
    """Judge the `consents` about one subject, oldest first, against its present content.

    `overtaken` are the questions that wait for nobody because of something else they ask about.
    """
    dead = [
        one
        for one in consents
        if one.answer == Answer.ASKED and (one.content_hash != current_hash or one.question_id in overtaken)
    ]
    consents = [one for one in consents if one not in dead]
    older = superseded(consents)
    state = agreement_state(current_hash, [_data(consent, older) for consent in consents])
    standing = [one for one in consents if one.answer not in _GONE and one.pk not in older]
    yeses = sorted((one for one in reversed(standing) if one.answer == Answer.AGREED), key=_at, reverse=True)
    yeses.sort(key=lambda one: one.content_hash != current_hash)
    waiting = [one for one in standing if one.answer == Answer.ASKED]
    newest = max(standing, key=_at) if standing else None
    is_current = bool(yeses) and yeses[0].content_hash == current_hash
    spoken_of = yeses[0] if is_current else newest
    answers = [one for one in standing if one.answer != Answer.ASKED and one.content_hash == current_hash]
    others = _others(answers, spoken_of)
    return Standing(state, is_current, tuple(yeses), tuple(waiting), spoken_of, others, tuple(dead))


def last_answer(consents: Iterable[Consent], participant_id: UUID | None, current_hash: str) -> Consent | None:
    """Return what a person answered last, yes or not, if it was about other words than those of `current_hash`, still kept.

    None after a yes that they took back: from that they count nothing any more.
    """
    answered = [one for one in consents if one.participant_id == participant_id and one.answer in _ANSWERED]
    last = max(answered, key=_at, default=None)
    if last is None or last.answer == Answer.WITHDRAWN or last.content_hash == current_hash:
        return None
    return last if last.revision.erased_at is None else None


def _others(answers: Iterable[Consent], spoken_of: Consent | None) -> tuple[Consent, ...]:
    """Return what each other person answered last, where that is no yes."""
    last = {one.participant_id: one for one in sorted(answers, key=_at)}
    if spoken_of:
        last.pop(spoken_of.participant_id, None)
    return tuple(one for one in last.values() if one.answer != Answer.AGREED)


def _at(consent: Consent) -> float:
    return (consent.answered_at or consent.question.asked_at).timestamp()


def _data(consent: Consent, older: set[UUID]) -> AnswerData:
    return AnswerData(
        asked_side=consent.participant.side,
        answer=consent.answer,
        revision_hash=consent.content_hash,
        at=consent.answered_at or consent.question.asked_at,
        superseded=consent.pk in older,
    )
