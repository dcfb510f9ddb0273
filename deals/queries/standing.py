"""Where a deal stands: what decides whether it may move on, each part read once, when something asks for it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from uuid import UUID

from crm.actors import SYSTEM, Actor
from crm.models import Consent
from crm.queries.consent import Standing, consents_about, standing_of
from deals.models import Deal, Section, Stage, StageMove, Waiver
from deals.queries.objection import unsettled


class DealStanding:
    """The deal as it is now. The system sees all that was said; a page goes by what its reader sees.

    Not to be kept beyond a change of the deal.
    """

    def __init__(self, deal: Deal, actor: Actor = SYSTEM) -> None:
        self.deal = deal
        self._actor = actor

    @cached_property
    def stages(self) -> Sequence[Stage]:
        """The stages of its pipeline with their gates, in order."""
        return list(Stage.objects.filter(pipeline=self.deal.pipeline_id).prefetch_related("gates").order_by("position"))

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Its sections by kind."""
        sections = list(Section.objects.visible_to(self._actor).filter(deal=self.deal))
        for section in sections:
            section.deal = self.deal
        return {section.kind: section for section in sections}

    @cached_property
    def moves(self) -> Sequence[StageMove]:
        """Its moves, oldest first."""
        moves = StageMove.objects.filter(deal=self.deal).select_related("from_stage", "to_stage")
        return list(moves.order_by("created_at"))

    @cached_property
    def consents(self) -> Mapping[UUID, Sequence[Consent]]:
        """What was answered about each of its sections and moves, oldest first."""
        subjects = [*(one.pk for one in self.sections.values()), *(move.pk for move in self.moves)]
        return consents_about(self._actor, subjects)

    @cached_property
    def objections(self) -> Sequence[Consent]:
        """The contested and the taken-back consents that nothing has settled since, oldest first."""
        return unsettled(one for about in self.consents.values() for one in about)

    @cached_property
    def waivers(self) -> Sequence[Waiver]:
        """What was let pass."""
        return list(self.deal.waivers.select_related("waived_by"))

    def agreement(self, section: Section) -> Standing:
        """Return where the agreement on one of its sections stands."""
        return standing_of(section.content_hash, self.consents.get(section.pk, ()))
