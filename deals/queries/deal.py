"""Reading one deal: its head, its sections, whose turn it is, who is at the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Answer, Consent, Question, Room
from crm.queries.access_request import open_access_requests
from crm.queries.consent import standing_of
from crm.queries.room import may_write
from crm.queries.timeline import Happening, latest_happenings
from deals.models import AGREEABLE, Deal, DealStatus, SectionKind, Stage, StageMove, Stakeholder
from deals.queries.asked_again import AskedAgain, asked_again
from deals.queries.ending import Ending, endings_of
from deals.queries.gate import GateState, gate_states
from deals.queries.next_step import NextStep, next_step, section_place
from deals.queries.section import SectionState, section_state
from deals.queries.stage_move import move_label, move_snapshot
from deals.queries.standing import DealStanding

PEOPLE_SHOWN = 5
HAPPENINGS_SHOWN = 5


@dataclass(frozen=True)
class StageMark:
    """One stage in the head: `state` is done, now or ahead; `words` say whose yes opened it, or what is asked there."""

    stage: Stage
    state: str
    words: str
    consents: Sequence[Consent] = ()


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, and for whom: `side` seller or buyer."""

    side: str
    words: str
    who: str
    glyph: str
    url: str
    question: Question | None = None


@dataclass(frozen=True)
class DealPage:
    """What every page of a deal shows around its section."""

    standing: DealStanding
    client: str
    may_write: bool
    sections: Sequence[SectionState]
    stages: Sequence[StageMark]
    gates: Sequence[GateState]
    next_stage: Stage | None
    move: StageMove | None
    close: StageMove | None
    move_consents: Sequence[Consent]
    has_move_yes: bool
    people: Sequence[Stakeholder]
    waiting: Sequence[Waiting]
    again: Mapping[UUID, AskedAgain]
    next_step: NextStep
    happenings: Sequence[Happening]
    ending: Ending | None

    @property
    def deal(self) -> Deal:
        """The deal itself."""
        return self.standing.deal

    @property
    def status_words(self) -> str:
        """Its status; of an ending by agreement whose word that is, and who sees it differently."""
        return self.ending.words if self.ending else str(self.deal.get_status_display())

    @property
    def agreed_count(self) -> int:
        """How many sections are agreed as they read now."""
        return sum(1 for one in self.sections if one.standing.is_current)

    @property
    def named_people(self) -> int:
        """How many persons are on the map; places that nobody fills are none."""
        return sum(1 for person in self.people if not person.place)

    @property
    def open_places(self) -> int:
        """How many places on the map nobody fills yet."""
        return len(self.people) - self.named_people

    @property
    def stages_behind(self) -> Sequence[Stage]:
        """The stages a deal that runs can go back to, the one before first."""
        behind = [mark.stage for mark in self.stages if mark.state == "done"]
        return [] if self.deal.has_ended else behind[::-1]

    @property
    def sides(self) -> int:
        """How many sides have somebody on the map."""
        return len({person.side for person in self.people})

    @property
    def first_people(self) -> Sequence[Stakeholder]:
        """Those that the aside names, the buying side first."""
        order = {"buyer": 0, "partner": 1, "seller": 2}
        named = [person for person in self.people if not person.place]
        return sorted(named, key=lambda person: order[person.side])[:PEOPLE_SHOWN]

    def section(self, kind: str) -> SectionState:
        """Return the state of one section. Raises KeyError for one that is not agreed."""
        for one in self.sections:
            if one.kind == kind:
                return one
        raise KeyError(kind)


def get_deal(actor: Actor, deal_id: UUID) -> Deal:
    """Return a deal the actor may see, with what its pages name. Raises `NotFound`."""
    related = (
        "organization",
        "owner",
        "team",
        "stage",
        "pipeline",
        "room__owner",
        "room__organization",
        "success_owner",
    )
    deal = Deal.objects.visible_to(actor).select_related(*related).filter(pk=deal_id).first()
    if deal is None:
        raise NotFound
    return deal


def newest_deal(actor: Actor, room: Room) -> Deal | None:
    """Return the deal that a room is about now, None where the actor sees none."""
    return Deal.objects.visible_to(actor).filter(room=room).order_by("-created_at").first()


def get_deal_page(actor: Actor, deal_id: UUID) -> DealPage:
    """Return a deal with everything around its sections. Raises `NotFound`."""
    deal = get_deal(actor, deal_id)
    client = deal.organization.name if deal.organization else _("the client")
    standing = DealStanding(deal, actor)
    stages, moves, consents = standing.stages, standing.moves, standing.consents
    agreeable = [standing.sections[kind] for kind in AGREEABLE if kind in standing.sections]
    again = asked_again(standing)
    states = [section_state(one, consents.get(one.pk, ()), client, again) for one in agreeable]
    gates = gate_states(standing) if not deal.has_ended else []
    ahead = [stage for stage in stages if stage.position > deal.stage.position]
    next_stage = ahead[0] if ahead else None
    move = _open_move(deal, moves, next_stage)
    about_move = consents.get(move.pk, []) if move else []
    has_yes = move is not None and standing_of(move_snapshot(move).content_hash, about_move).is_current
    waiting = _waiting(actor, deal, states, moves, consents, again)
    return DealPage(
        standing=standing,
        client=client,
        may_write=may_write(actor, deal.room_id),
        sections=states,
        stages=_marks(deal, stages, moves, consents, gates, has_yes),
        gates=gates,
        next_stage=next_stage,
        move=move,
        close=next((one for one in moves if one.to_stage_id is None and one.is_in_force), None),
        move_consents=about_move,
        has_move_yes=has_yes,
        people=_people(actor, deal),
        waiting=waiting,
        again=again,
        next_step=next_step(actor, deal, states, gates, about_move, move, next_stage, again),
        happenings=latest_happenings(actor, deal.room_id, HAPPENINGS_SHOWN),
        ending=endings_of([deal]).get(deal.pk),
    )


def _people(actor: Actor, deal: Deal) -> list[Stakeholder]:
    people = Stakeholder.objects.visible_to(actor).filter(section__deal=deal, replaces=None)
    return list(people.select_related("contact", "user"))


def _open_move(deal: Deal, moves: Sequence[StageMove], next_stage: Stage | None) -> StageMove | None:
    wanted = next_stage.pk if next_stage else None
    for move in moves:
        if move.is_open and move.from_stage_id == deal.stage_id and move.to_stage_id == wanted:
            return move
    return None


def _marks(
    deal: Deal,
    stages: Sequence[Stage],
    moves: Sequence[StageMove],
    consents: Mapping[UUID, Sequence[Consent]],
    gates: Sequence[GateState],
    has_yes: bool,
) -> list[StageMark]:
    is_won = deal.status == DealStatus.WON
    left = {move.from_stage_id: move for move in moves if move.is_in_force}
    marks = []
    for stage in stages:
        if stage.position < deal.stage.position or is_won:
            yeses = [one for one in consents.get(left[stage.pk].pk, ()) if one.counts] if stage.pk in left else []
            marks.append(StageMark(stage, "done", _("No consent on record") if not yeses else "", yeses))
        elif stage.pk == deal.stage_id:
            marks.append(StageMark(stage, "now", _condition_words(gates, has_yes) or stage.question))
        else:
            marks.append(StageMark(stage, "ahead", stage.question))
    return marks


def _condition_words(gates: Sequence[GateState], has_yes: bool) -> str:
    """Count what moving on needs as the page of the deal lists it: the gates, and the client's yes."""
    if not gates:
        return ""
    met = sum(1 for state in gates if state.lets_pass) + has_yes
    return _("%(met)s of %(all)s conditions met") % {"met": met, "all": len(gates) + 1}


def _waiting(
    actor: Actor,
    deal: Deal,
    states: Sequence[SectionState],
    moves: Sequence[StageMove],
    consents: Mapping[UUID, Sequence[Consent]],
    again: Mapping[UUID, AskedAgain],
) -> list[Waiting]:
    found = [
        Waiting(
            "seller",
            _("Asks to bring in %(who)s") % {"who": request.name},
            request.asked_by.contact.name,
            "none",
            f"{reverse('deals:section', args=[deal.pk, SectionKind.PEOPLE])}#request-{request.pk}",
        )
        for request in open_access_requests(actor, deal.room_id)
    ]
    for state in states:
        newest = state.standing.newest
        if (
            newest
            and newest.participant.answers
            and newest.answer in (Answer.CHANGE, Answer.DECLINED, Answer.WITHDRAWN)
        ):
            words = _("Answer what was said about: %(section)s") % {"section": state.label.lower()}
            url = section_place(deal, state, "agreement")
            found.append(Waiting("seller", words, newest.participant.contact.name, state.state, url))
    labels = {state.section.pk: state.label for state in states}
    urls = {state.section.pk: reverse("deals:section", args=[deal.pk, state.kind]) for state in states}
    for move in moves:
        labels[move.pk] = move_label(move.to_stage)
        urls[move.pk] = reverse("deals:deal", args=[deal.pk])
    by_question: dict[UUID, list[Consent]] = {}
    for one in (one for about in consents.values() for one in about if one.answer == Answer.ASKED):
        by_question.setdefault(one.question_id, []).append(one)
    for question_id, asked in by_question.items():
        words = ", ".join(labels[one.subject_id] for one in asked)
        first, name = asked[0], asked[0].participant.contact.name
        if question_id in again:
            words = _("Ask again, the words have changed: %(what)s") % {"what": words}
            found.append(Waiting("seller", words, name, "stale", again[question_id].url, question=first.question))
        else:
            found.append(Waiting("buyer", words, name, "seller", urls[first.subject_id], question=first.question))
    return found
