"""The board: open deals by stage, at most a handful of cards a column, whatever the number of deals.

The work is bounded: one grouped count, one window over the filtered deals, and three look-ups for the cards shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.models import Answer, Consent, Team, User
from crm.rules.agreement import AgreementState
from deals.models import AGREEABLE, Deal, DealStatus, Pipeline, Section, Stage, StageMove
from deals.queries.section import SectionState, section_state

CARDS = 20
"""Cards a column shows at first, and how many more each "show more" brings."""
MOST_CARDS = 200

VIEWS = ("open", "us", "client")


@dataclass(frozen=True)
class BoardFilter:
    """What the board shows: `view` is one of `VIEWS`; ids and status narrow it; `more` says how many cards a stage shows."""

    pipeline: UUID | None = None
    view: str = "open"
    team: UUID | None = None
    owner: UUID | None = None
    status: str = DealStatus.OPEN
    more: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Total:
    """A sum in one currency; `amount` is None when no deal in it has one."""

    currency: str
    amount: Decimal | None


@dataclass(frozen=True)
class Card:
    """One deal on the board. `turn` is the side whose turn it is ("" nobody's), `turn_words` who and what."""

    deal: Deal
    sections: Sequence[SectionState]
    turn: str
    turn_words: str

    @property
    def client(self) -> str:
        """The client's name, or that there is none yet."""
        return self.deal.organization.name if self.deal.organization else _("No client yet")

    @property
    def summary(self) -> str:
        """The states of all sections in one sentence, for those who hear the page."""
        states = ", ".join(f"{one.label} {one.words.lower()}" for one in self.sections)
        return _("Common ground: %(states)s") % {"states": states}


@dataclass(frozen=True)
class Column:
    """One stage with its count, its sums and the cards shown."""

    stage: Stage
    count: int
    totals: Sequence[Total]
    cards: Sequence[Card]
    others: Sequence[str] = ()

    @property
    def hidden(self) -> int:
        """How many deals are not shown."""
        return self.count - len(self.cards)

    @property
    def next_address(self) -> list[str]:
        """What the address says to show more here and as much as now elsewhere."""
        return [*self.others, f"{self.stage.pk}:{self.next_size}"]

    @property
    def next_size(self) -> int:
        """How many cards "show more" shows."""
        return min(len(self.cards) + CARDS, MOST_CARDS)


@dataclass(frozen=True)
class Board:
    """The whole board. `counts` are by view, within the other filters."""

    pipelines: Sequence[Pipeline]
    pipeline: Pipeline
    columns: Sequence[Column]
    counts: Mapping[str, int]
    totals: Sequence[Total]
    teams: Sequence[Team]
    owners: Sequence[User]
    filter: BoardFilter

    @property
    def count(self) -> int:
        """How many deals the columns stand for."""
        return sum(column.count for column in self.columns)


def waiting_for_client() -> Q:
    """Return the condition for deals in which a question waits for somebody's answer."""
    asked = Consent.objects.filter(answer=Answer.ASKED).values("subject_id")
    sections = Section.objects.filter(pk__in=asked).values("deal")
    return Q(pk__in=sections) | Q(pk__in=StageMove.objects.filter(pk__in=asked).values("deal"))


def get_board(actor: Actor, chosen: BoardFilter) -> Board:
    """Return the board in six queries, whatever there is to show."""
    stages = list(Stage.objects.filter(pipeline__archived_at=None).select_related("pipeline"))
    stages.sort(key=lambda stage: (stage.pipeline.position, stage.pipeline.name, stage.position))
    by_pipeline = {pipeline: list(group) for pipeline, group in groupby(stages, key=lambda stage: stage.pipeline)}
    pipeline = next((one for one in by_pipeline if one.pk == chosen.pipeline), next(iter(by_pipeline)))
    deals = _filtered(actor, chosen, pipeline)
    groups = _groups(deals)
    shown = [group for group in groups if chosen.view == "open" or group["turn"] == chosen.view]
    cards = _cards(actor, _in_view(deals, chosen.view), chosen.more)
    owners = list(User.objects.visible_to(actor).filter(deals__isnull=False).distinct().select_related("team"))
    return Board(
        pipelines=list(by_pipeline),
        pipeline=pipeline,
        columns=[_column(stage, shown, cards.get(stage.pk, ()), chosen) for stage in by_pipeline[pipeline]],
        counts={
            "open": sum(group["count"] for group in groups),
            **{view: sum(group["count"] for group in groups if group["turn"] == view) for view in ("us", "client")},
        },
        totals=_totals(shown),
        teams=sorted({owner.team for owner in owners if owner.team}, key=lambda team: team.name),
        owners=owners,
        filter=chosen,
    )


def _filtered(actor: Actor, chosen: BoardFilter, pipeline: Pipeline) -> Any:
    deals = Deal.objects.visible_to(actor).filter(pipeline=pipeline, status=chosen.status)
    if chosen.team:
        deals = deals.filter(team=chosen.team)
    if chosen.owner:
        deals = deals.filter(owner=chosen.owner)
    return deals


def _in_view(deals: Any, view: str) -> Any:
    if view == "open":
        return deals
    return deals.filter(waiting_for_client()) if view == "client" else deals.exclude(waiting_for_client())


def _groups(deals: Any) -> list[dict[str, Any]]:
    turn = Case(When(waiting_for_client(), then=Value("client")), default=Value("us"))
    grouped = deals.annotate(turn=turn).order_by().values("stage_id", "currency", "turn")
    return list(grouped.annotate(count=Count("pk"), amount=Sum("amount")))


def _column(stage: Stage, groups: Sequence[dict[str, Any]], cards: Sequence[Card], chosen: BoardFilter) -> Column:
    mine = [group for group in groups if group["stage_id"] == stage.pk]
    others = [f"{stage_id}:{size}" for stage_id, size in chosen.more.items() if stage_id != stage.pk]
    return Column(stage, sum(group["count"] for group in mine), _totals(mine), cards, others)


def _totals(groups: Iterable[dict[str, Any]]) -> list[Total]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for group in groups:
        if group["amount"] is not None:
            sums[group["currency"]] += group["amount"]
    return [Total(currency, amount) for currency, amount in sorted(sums.items(), key=lambda item: -item[1])]


def _cards(actor: Actor, deals: Any, more: Mapping[UUID, int]) -> dict[UUID, list[Card]]:
    place = Window(RowNumber(), partition_by=F("stage_id"), order_by=(F("updated_at").desc(), F("pk").desc()))
    limits = Q(place__lte=CARDS)
    for stage_id, size in more.items():
        limits |= Q(stage_id=stage_id, place__lte=min(size, MOST_CARDS))
    ranked = deals.annotate(place=place).filter(limits).values("pk")
    shown = list(
        Deal.objects.filter(pk__in=Subquery(ranked))
        .select_related("organization", "owner")
        .order_by("-updated_at", "-pk")
    )
    cards: dict[UUID, list[Card]] = defaultdict(list)
    for card in cards_of(shown):
        cards[card.deal.stage_id].append(card)
    return cards


def cards_of(deals: Sequence[Deal]) -> list[Card]:
    """Return the cards of deals that the actor may see, in two queries. The caller fetched owner and organisation along."""
    sections = _sections_of(deals)
    consents = _consents_of(deals, sections)
    return [_card(deal, sections.get(deal.pk, ()), consents.get(deal.pk, ())) for deal in deals]


def _sections_of(deals: Sequence[Deal]) -> dict[UUID, list[Section]]:
    found: dict[UUID, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(deal__in=[deal.pk for deal in deals], kind__in=AGREEABLE):
        found[section.deal_id].append(section)
    return found


def _consents_of(deals: Sequence[Deal], sections: Mapping[UUID, Sequence[Section]]) -> dict[UUID, list[Consent]]:
    """Return the consents about the deals' sections and moves, by deal, oldest first. The rooms bound the search."""
    deal_of_move = StageMove.objects.filter(pk=OuterRef("subject_id")).values("deal_id")
    deal_of_section = Section.objects.filter(pk=OuterRef("subject_id")).values("deal_id")
    about = Case(
        When(kind="stage_move", then=Subquery(deal_of_move)), When(kind__in=AGREEABLE, then=Subquery(deal_of_section))
    )
    consents = (
        Consent.objects.filter(room__in=[deal.room_id for deal in deals], kind__in=[*AGREEABLE, "stage_move"])
        .annotate(deal_id=about)
        .select_related("question", "participant__contact", "revision")
        .defer("revision__content")
        .order_by("question__asked_at", "id")
    )
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for consent in consents:
        found[consent.deal_id].append(consent)
    return found


def _card(deal: Deal, sections: Sequence[Section], consents: Sequence[Consent]) -> Card:
    client = deal.organization.name if deal.organization else _("the client")
    ordered = sorted(sections, key=lambda section: AGREEABLE.index(section.kind))
    states = [
        section_state(section, [one for one in consents if one.subject_id == section.pk], client) for section in ordered
    ]
    turn, words = _turn(deal, states, consents)
    return Card(deal, states, turn, words)


def _turn(deal: Deal, states: Sequence[SectionState], consents: Sequence[Consent]) -> tuple[str, str]:
    if deal.has_ended:
        return "", deal.get_status_display()
    for consent in reversed(consents):
        if consent.answer == Answer.ASKED:
            about = {"name": consent.participant.contact.name, "what": _subject_words(consent, states)}
            return "buyer", _("%(name)s: %(what)s") % about
    if deal.is_imported and not consents:
        return "", _("Imported, no consent on record")
    return "seller", _("Us: %(what)s") % {"what": _our_turn(states)}


def _subject_words(consent: Consent, states: Sequence[SectionState]) -> str:
    labels = {state.section.pk: state.label.lower() for state in states}
    return labels.get(consent.subject_id) or _("moving on")


def _our_turn(states: Sequence[SectionState]) -> str:
    said = {
        AgreementState.CHANGE: _("they would change %(what)s"),
        AgreementState.DECLINED: _("they said no to %(what)s"),
        AgreementState.STALE: _("%(what)s is out of date"),
        AgreementState.NONE: _("ask about %(what)s"),
    }
    for wanted in (AgreementState.CHANGE, AgreementState.DECLINED, AgreementState.STALE, AgreementState.NONE):
        for state in states:
            if state.standing.state == wanted:
                empty = state.is_empty and wanted == AgreementState.NONE
                words = _("write down %(what)s") if empty else said[wanted]
                return words % {"what": state.label.lower()}
    return _("ask to move on")
