"""Reading what can be asked in a deal, of whom, and what the person will see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.actors import Actor
from crm.models import Consent, Participant, Revision, Side
from crm.queries.consent import last_answer
from crm.rules.content_diff import count_content, diff_content
from deals.models import MOVE, SectionKind, Stage, StakeholderRole
from deals.queries.content import section_snapshot
from deals.queries.deal import DealPage
from deals.queries.section import SectionState
from deals.queries.stage_move import move_label


@dataclass(frozen=True)
class Askable:
    """One thing that can be asked about: a section's kind, or `MOVE`."""

    value: str
    label: str
    note: str
    glyph: str


@dataclass(frozen=True)
class Person:
    """Somebody who can answer for the client, and what is open between us."""

    participant: Participant
    open_questions: int
    note: str

    @property
    def name(self) -> str:
        """Their name."""
        return self.participant.contact.name


@dataclass(frozen=True)
class Shown:
    """One thing as the person sees it: what, in which revision, and what changed since their last answer, `before`."""

    label: str
    glyph: str
    number: int | None
    before: Consent | None = None
    changed_places: int = 0


def askables(page: DealPage) -> list[Askable]:
    """Return what can be asked about now, sections first."""
    found = [
        Askable(state.kind, state.label, state.words, state.state) for state in page.sections if not state.is_empty
    ]
    if page.deal.is_open:
        unmet = sum(1 for state in page.gates if not state.lets_pass)
        to = page.next_stage.name if page.next_stage else _("working together")
        closed = ngettext("%(count)s gate still closed", "%(count)s gates still closed", unmet) % {"count": unmet}
        note = closed if unmet else str(page.deal.stage.question)
        found.append(Askable(MOVE, _("Moving on to %(stage)s") % {"stage": to}, note, "none"))
    return found


def stages_ahead(page: DealPage) -> list[Stage]:
    """Return the stages a move may lead to; none in the last stage, where the move is the close."""
    return [mark.stage for mark in page.stages if mark.state == "ahead"]


def people_to_ask(actor: Actor, page: DealPage) -> list[Person]:
    """Return the buyers in the room who may answer for their side, and how much waits for each, here and elsewhere."""
    asked = Count("contact__grants__questions", filter=Q(contact__grants__questions__closed_at=None))
    people = (
        Participant.objects.visible_to(actor)
        .active()
        .filter(room=page.deal.room_id, side=Side.BUYER, may_answer=True)
        .select_related("contact__organization", "room")
        .annotate(open_questions=asked)
        .order_by("contact__name")
    )
    return [Person(one, one.open_questions, _note(one, one.open_questions)) for one in people]


def likely_answerer(page: DealPage, people: Sequence[Person], about: Sequence[str]) -> str:
    """Return the participant who most likely has to answer, "" when nobody is there.

    Who agreed to it before; for a move whoever the stage asks for; who decides; who agreed to anything. Those who have
    this very question already come last, then whoever has least open from us.
    """
    states = [state for state in page.sections if state.kind in about]
    wanted = page.deal.stage.answer_roles if MOVE in about else []
    roles = {one.contact_id: set(one.roles) for one in page.people if one.contact_id}
    agreed = {state.standing.yes.participant_id for state in states if state.standing.yes}
    agreed_to_any = {state.standing.yes.participant_id for state in page.sections if state.standing.yes}
    asked = {one.participant_id for state in states for one in state.standing.waiting}

    def order(person: Person) -> tuple[bool, bool, bool, bool, bool, int]:
        mine, pk = roles.get(person.participant.contact_id, set()), person.participant.pk
        return (
            pk in asked,
            pk not in agreed,
            not mine.intersection(wanted),
            StakeholderRole.DECISION_MAKER not in mine,
            pk not in agreed_to_any,
            person.open_questions,
        )

    chosen = min(people, key=order, default=None)
    return str(chosen.participant.pk) if chosen else ""


def _note(participant: Participant, count: int) -> str:
    if count:
        return _("has %(count)s open from us") % {"count": count}
    if participant.joined_at is None:
        return _("invited, not in the room yet")
    return participant.contact.title or _("nothing open from us")


def shown_to(actor: Actor, page: DealPage, about: Sequence[str], to: Stage | None, whom: UUID | None) -> list[Shown]:
    """Return what the person `whom` will see of each thing in `about`."""
    consents = page.standing.consents
    sections = [state for state in page.sections if state.kind in about]
    found = [_section_shown(actor, state, consents.get(state.section.pk, ()), whom) for state in sections]
    if MOVE in about:
        label = move_label(to)
        found.append(Shown(label, "seller", None))
    return found


def _section_shown(actor: Actor, state: SectionState, consents: Sequence[Consent], whom: UUID | None) -> Shown:
    section = state.section
    revisions = Revision.objects.visible_to(actor).filter(subject_id=section.pk, kind=section.kind)
    same = revisions.filter(content_hash=section.content_hash, erased_at=None).order_by("-number").first()
    number = same.number if same else (revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    label = {SectionKind.PROBLEM: _("Our problem"), SectionKind.CRITERIA: _("What success means")}
    before = last_answer(consents, whom, section.content_hash)
    places = 0
    if before:
        was = revisions.get(pk=before.revision_id).content
        places = count_content(diff_content(was or {}, section_snapshot(section).content)).places
    return Shown(label[SectionKind(section.kind)], state.state, number, before, places)


def suggested_sentence(page: DealPage, about: Sequence[str], to: Stage | None) -> str:
    """Return a sentence to begin with, for what is asked about. One question, answerable with yes, no, or a change."""
    going = _("shall we go on to %(stage)s?") % {"stage": to.name} if to else _("do we do this together?")
    asked = {
        SectionKind.PROBLEM: _("Does this describe your problem as it is today"),
        SectionKind.CRITERIA: _("If this is reached, will you call it a success"),
    }
    words = [asked[kind] for kind in asked if kind in about]
    if len(words) > 1:
        words = [_("Is this your problem, and is this what success means to you")]
    if MOVE not in about:
        return f"{words[0]}?" if words else ""
    if words:
        return _("%(question)s, and %(going)s") % {"question": words[0], "going": going}
    return _("%(question)s If so, %(going)s") % {"question": page.deal.stage.question, "going": going}
