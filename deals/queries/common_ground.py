"""The common ground of a room: where the agreement on each section of its deals stands, in the room's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, cast
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.formats import first_name
from crm.models import Answer, Consent, Room
from crm.queries.consent import Standing, consents_about, overtaken_questions, standing_of
from crm.rules.agreement import AgreementState
from deals.models import AGREEABLE, Deal, Section, SectionKind, StageMove
from deals.queries.ending import Ending, endings_of
from deals.queries.stage_move import move_label, move_snapshot


@dataclass(frozen=True)
class GroundSection:
    """One section on the bar: glyph, name, who it is with, where it is read."""

    label: str
    state: str
    words: str
    url: str
    standing: Standing

    @property
    def is_agreed(self) -> bool:
        """Whether the words as they are now stand agreed."""
        return self.standing.state == AgreementState.BOTH

    @property
    def is_outdated(self) -> bool:
        """Whether somebody said yes, and the words are others now."""
        return self.standing.yes is not None and not self.is_agreed

    @property
    def yes(self) -> Consent | None:
        """The yes to the present words."""
        return self.standing.yes if self.is_agreed else None


@dataclass(frozen=True)
class GroundMove:
    """A step of the deal that somebody said yes to, as it stands."""

    label: str
    standing: Standing

    @property
    def yes(self) -> Consent | None:
        """The yes to it."""
        return self.standing.yes


@dataclass(frozen=True)
class CommonGround:
    """The bar of one deal, and the steps that were agreed. `undone_at` is when a close of it was taken back that nothing
    has replaced since. `ending`: whose word it is that it ended in agreement."""

    deal: Deal
    sections: Sequence[GroundSection]
    moves: Sequence[GroundMove] = ()
    undone_at: datetime | None = None
    ending: Ending | None = None

    @property
    def agreed(self) -> list[GroundSection]:
        """The sections that stand agreed."""
        return [section for section in self.sections if section.is_agreed]

    @property
    def yeses(self) -> "list[GroundSection | GroundMove]":
        """Everything that stands agreed: sections first, then the steps in the order they were asked about."""
        return [*self.agreed, *self.moves]

    @property
    def outdated(self) -> list[GroundSection]:
        """The sections whose words have changed since the yes to them."""
        return [section for section in self.sections if section.is_outdated]


def common_grounds(actor: Actor, room: Room) -> list[CommonGround]:
    """Return the bars of the room's deals, newest deal first, within the actor's grant. Four queries, two more for endings."""
    sections = Section.objects.visible_to(actor).filter(deal__room=room, kind__in=AGREEABLE).select_related("deal")
    undone = StageMove.objects.filter(deal=OuterRef("deal"), to_stage=None).order_by("-executed_at").values("undone_at")
    found = list(sections.annotate(undone_at=Subquery(undone[:1])).order_by("-deal__created_at", "deal_id"))
    moves = StageMove.objects.visible_to(actor).filter(deal__room=room, lapsed_at=None, undone_at=None)
    steps = list(moves.select_related("from_stage", "to_stage").order_by("created_at", "pk"))
    consents = consents_about(actor, [one.pk for one in (*found, *steps)])
    current = {one.pk: one.content_hash for one in found}
    overtaken = overtaken_questions(chain.from_iterable(consents.values()), current)
    by_deal: dict[UUID, list[Section]] = {}
    for section in found:
        by_deal.setdefault(section.deal_id, []).append(section)
    endings = endings_of([of_deal[0].deal for of_deal in by_deal.values()])
    return [
        CommonGround(
            of_deal[0].deal,
            [
                _ground_section(
                    actor, section, standing_of(section.content_hash, consents.get(section.pk, []), overtaken)
                )
                for section in sorted(of_deal, key=lambda one: AGREEABLE.index(SectionKind(one.kind)))
            ],
            _ground_moves([step for step in steps if step.deal_id == deal_id], consents),
            cast(Any, of_deal[0]).undone_at,
            endings.get(deal_id),
        )
        for deal_id, of_deal in by_deal.items()
    ]


def _ground_moves(steps: Sequence[StageMove], consents: Mapping[UUID, Sequence[Consent]]) -> list[GroundMove]:
    standings = ((step, standing_of(move_snapshot(step).content_hash, consents.get(step.pk, ()))) for step in steps)
    return [GroundMove(move_label(step.to_stage), standing) for step, standing in standings if standing.yes]


def _ground_section(actor: Actor, section: Section, standing: Standing) -> GroundSection:
    return GroundSection(
        label=str(SectionKind(section.kind).label),
        state=standing.glyph,
        words=_words(actor, standing),
        url=reverse("deals_room:section", args=[section.deal.room_id, section.deal_id, section.kind]),
        standing=standing,
    )


def _words(actor: Actor, standing: Standing) -> str:
    """Return whose turn it is, in two or three words: the reader's own first."""
    asked = [one.participant for one in standing.waiting]
    if standing.state == AgreementState.BOTH:
        return _("agreed")
    if actor.participant in asked:
        return _("with you")
    if asked:
        return _("with %(name)s") % {"name": first_name(asked[-1].contact.name)}
    newest = standing.newest
    name = first_name(newest.participant.contact.name) if newest else ""
    match standing.state:
        case AgreementState.CHANGE:
            return _("%(name)s’s change") % {"name": name}
        case AgreementState.STALE:
            return _("changed since")
        case AgreementState.DECLINED | AgreementState.DECLINED_SELLER if newest and newest.answer == Answer.WITHDRAWN:
            return _("%(name)s took the yes back") % {"name": name}
        case AgreementState.DECLINED | AgreementState.DECLINED_SELLER:
            return _("%(name)s said no") % {"name": name}
    return _("changed since asked") if standing.overtaken else _("not asked yet")
