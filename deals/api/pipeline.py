"""Pipelines and their stages over REST, for reading."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.endpoint import one, reads
from crm.api.fields import Id, Text
from crm.api.listing import Listing, page
from crm.errors import NotFound
from deals.models import Pipeline


class StepAnswer(serializers.Serializer[Any]):
    """One step of a stage's guidance."""

    text = Text(max_length=200)
    condition = Text(help_text="When it appears: empty (always), partner, legal, procurement, one_person or amount.")
    above = Text(help_text="For the condition amount: the amount in the base currency, as a decimal; else empty.")


class MaterialAnswer(serializers.Serializer[Any]):
    """Something to use in a stage."""

    title = Text(max_length=200)
    url = Text(max_length=2000)


class GuidanceAnswer(serializers.Serializer[Any]):
    """What a stage says to whoever works in it. It binds nobody."""

    good = Text(max_length=2000, help_text="What good looks like.")
    usual_days = serializers.IntegerField(allow_null=True)
    steps = StepAnswer(many=True)
    material = MaterialAnswer(many=True)


class StageAnswer(serializers.Serializer[Any]):
    """A stage: the question a buyer answers by moving on, and the gates to leave it."""

    id = Id()
    name = Text(max_length=200)
    question = Text(max_length=400)
    position = serializers.IntegerField()
    answer_roles = serializers.ListField(child=Text(), help_text="Roles that must answer; empty: any one buyer.")
    recorded_is_enough = serializers.BooleanField(help_text="Whether an answer recorded by staff counts.")
    gates = serializers.SerializerMethodField()
    guidance = GuidanceAnswer(source="*")

    def get_gates(self, stage: Any) -> list[str]:
        """Return the codes of the gates, in order."""
        return [gate.code for gate in stage.gates.all()]


class PipelineAnswer(serializers.Serializer[Any]):
    """A way from first talk to a close."""

    id = Id()
    name = Text(max_length=200)
    slug = Text(max_length=64)
    stages = StageAnswer(source="stages.all", many=True)


PIPELINES = Listing(PipelineAnswer, sorts=("position",))


class PipelineList(APIView):
    """The pipelines that deals can be opened in."""

    @reads("list_pipelines", "deals:read", listing=PIPELINES)
    def get(self, request: Request) -> Response:
        """List pipelines with their stages."""
        return page(request, PIPELINES, _pipelines())


class PipelineDetail(APIView):
    """One pipeline."""

    @reads("get_pipeline", "deals:read", answers=PipelineAnswer)
    def get(self, request: Request, pipeline_id: UUID) -> Response:
        """Read a pipeline with its stages."""
        pipeline = _pipelines().filter(pk=pipeline_id).first()
        if pipeline is None:
            raise NotFound
        return one(request, PipelineAnswer, pipeline)


def _pipelines() -> Any:
    return Pipeline.objects.filter(archived_at=None).prefetch_related("stages__gates")
