"""Pipelines over REST: all staff read them, administrators change them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text
from crm.api.listing import Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from deals.actions.pipeline import archive_pipeline, change_pipeline, create_pipeline, restore_pipeline
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
    version = serializers.IntegerField()

    def get_gates(self, stage: Any) -> list[str]:
        """Return the codes of the gates, in order."""
        return [gate.code for gate in stage.gates.all()]


class PipelineAnswer(serializers.Serializer[Any]):
    """A way from first talk to a close."""

    id = Id()
    name = Text(max_length=200)
    slug = Text(max_length=64)
    stages = StageAnswer(source="stages.all", many=True)
    version = serializers.IntegerField()


class NewPipeline(serializers.Serializer[Any]):
    """A pipeline with the stages and gates of another."""

    name = Text(max_length=200)
    like = Id(help_text="The pipeline whose stages it begins with.")


class PipelineChange(serializers.Serializer[Any]):
    """A new name, a new place among all."""

    name = Text(max_length=200)
    place = serializers.IntegerField(required=False, help_text="From 1; left out, it stays where it is.")


PIPELINES = Listing(PipelineAnswer, sorts=("position",))


class PipelineList(APIView):
    """The pipelines that deals can be opened in."""

    @reads("list_pipelines", "deals:read", listing=PIPELINES)
    def get(self, request: Request) -> Response:
        """List pipelines with their stages."""
        return page(request, PIPELINES, _pipelines())

    @writes("create_pipeline", "admin", takes=NewPipeline, answers=PipelineAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Make a pipeline with the stages of another."""
        made = create_pipeline(actor=actor_of(request), **values)
        location = reverse("api:pipeline", args=[made.pk])
        return one(request, PipelineAnswer, get_pipeline(made.pk), status=201, location=location)


class PipelineDetail(APIView):
    """One pipeline."""

    @reads("get_pipeline", "deals:read", answers=PipelineAnswer)
    def get(self, request: Request, pipeline_id: UUID) -> Response:
        """Read a pipeline with its stages."""
        return one(request, PipelineAnswer, get_pipeline(pipeline_id))

    @writes("change_pipeline", "admin", takes=PipelineChange, answers=PipelineAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], pipeline_id: UUID) -> Response:
        """Rename a pipeline, or give it another place."""
        change_pipeline(actor=actor_of(request), pipeline_id=pipeline_id, version=version_of(request), **values)
        return one(request, PipelineAnswer, get_pipeline(pipeline_id))

    @writes("archive_pipeline", "admin", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], pipeline_id: UUID) -> Response:
        """Let no new deal begin in a pipeline. Deals that are in it go on."""
        archive_pipeline(actor=actor_of(request), pipeline_id=pipeline_id, version=version_of(request))
        return gone()


class PipelineRestore(APIView):
    """Letting new deals begin in a pipeline again."""

    @writes("restore_pipeline", "admin", answers=PipelineAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], pipeline_id: UUID) -> Response:
        """Let new deals begin in a pipeline again."""
        restore_pipeline(actor=actor_of(request), pipeline_id=pipeline_id, version=version_of(request))
        return one(request, PipelineAnswer, get_pipeline(pipeline_id))


def get_pipeline(pipeline_id: UUID) -> Pipeline:
    """Return a pipeline that is in use, with its stages and gates. Raises `NotFound`."""
    pipeline = _pipelines().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound
    return pipeline


def _pipelines() -> "QuerySet[Pipeline]":
    return Pipeline.objects.filter(archived_at=None).prefetch_related("stages__gates")
