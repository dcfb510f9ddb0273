"""Reading pipelines: their stages with what it takes to leave them, and how many deals are where."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from crm.actors import Actor
from crm.errors import NotFound
from crm.queries.timeline import Timeline, history_of
from deals.models import Deal, DealStatus, Pipeline, Stage, StakeholderRole
from deals.models.pipeline import PipelineQuerySet
from deals.queries.gate import CATALOGUE, Gate


@dataclass(frozen=True)
class StageView:
    """A stage as the settings show it; `deals` counts the open ones the reader sees, `roles` says who must answer."""

    stage: Stage
    gates: list[Gate]
    deals: int
    is_first: bool
    is_last: bool

    @property
    def roles(self) -> list[str]:
        """The roles that must answer, in words; empty: any one buyer."""
        return [str(StakeholderRole(role).label) for role in self.stage.answer_roles]


@dataclass(frozen=True)
class PipelineView:
    """A pipeline with its stages, all others to choose from, and a page of what happened to it."""

    pipeline: Pipeline
    pipelines: list[Pipeline]
    stages: list[StageView]
    history: Timeline

    @property
    def deals(self) -> int:
        """How many open deals are in it."""
        return sum(one.deals for one in self.stages)


def pipelines(actor: Actor) -> PipelineQuerySet:
    """Return the pipelines with their stages and gates, those out of use last."""
    rows = Pipeline.objects.visible_to(actor).prefetch_related("stages__gates")
    return rows.order_by("archived_at", "position", "name")


def pipeline_view(actor: Actor, pipeline_id: UUID | None = None, cursor: str = "") -> PipelineView:
    """Return one pipeline, the first one without `pipeline_id`. Raises `NotFound`."""
    rows = sorted(pipelines(actor), key=lambda one: one.archived_at is not None)
    pipeline = next((one for one in rows if pipeline_id in (None, one.pk)), None)
    if pipeline is None:
        raise NotFound
    stages = list(pipeline.stages.all())
    counts = _open_deals(actor, pipeline)
    views = [
        StageView(
            stage,
            [CATALOGUE[gate.code] for gate in stage.gates.all()],
            counts[stage.pk],
            is_first=stage == stages[0],
            is_last=stage == stages[-1],
        )
        for stage in stages
    ]
    return PipelineView(pipeline, rows, views, history_of(actor, [pipeline.pk, *(one.pk for one in stages)], cursor))


def _open_deals(actor: Actor, pipeline: Pipeline) -> Counter[UUID]:
    deals = Deal.objects.visible_to(actor).filter(pipeline=pipeline, status=DealStatus.OPEN, archived_at=None)
    return Counter(dict(deals.order_by().values_list("stage").annotate(n=Count("pk"))))
