"""The stages of a pipeline over REST: an administrator's. Changes apply at each open deal's next move."""

from typing import Any, Literal
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Number, Text
from crm.api.versions import version_of
from crm.errors import NotFound
from deals.actions.guidance import change_guidance
from deals.actions.stage import change_stage, create_stage, move_stage, remove_stage
from deals.api.pipeline import PipelineAnswer, StageAnswer, get_pipeline
from deals.models import Stage, StakeholderRole
from deals.queries.gate import CATALOGUE
from deals.rules.guidance import Condition


class StageChange(serializers.Serializer[Any]):
    """What a stage is called and asks, who must answer, and its gates. Lists are whole."""

    name = Text(max_length=200)
    question = Text(max_length=400)
    answer_roles = serializers.ListField(
        child=serializers.ChoiceField(StakeholderRole.choices), required=False, help_text="Empty: any one buyer."
    )
    recorded_is_enough = serializers.BooleanField(required=False)
    gates = serializers.ListField(child=serializers.ChoiceField(list(CATALOGUE)), required=False)


class Step(serializers.Serializer[Any]):
    """One step of the guidance."""

    text = Text(max_length=200)
    condition = serializers.ChoiceField([one.value for one in Condition], required=False, help_text="Empty: always.")
    above = Number(required=False, allow_null=True, help_text="For the condition amount, in the base currency.")


class Material(serializers.Serializer[Any]):
    """Something to use."""

    title = Text(max_length=200)
    url = Text(max_length=2000)


class GuidanceChange(serializers.Serializer[Any]):
    """What a stage says to whoever works in it. Lists are whole."""

    good = Text(required=False, max_length=2000)
    usual_days = serializers.IntegerField(required=False, allow_null=True)
    steps = Step(required=False, many=True)
    material = Material(required=False, many=True)


class StagePlace(serializers.Serializer[Any]):
    """Where a stage goes."""

    to = serializers.ChoiceField(["earlier", "later"])


class StageList(APIView):
    """The stages of one pipeline."""

    @writes("create_stage", "admin", takes=StageChange, answers=StageAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], pipeline_id: UUID) -> Response:
        """Add a stage behind the last one."""
        made = create_stage(actor=actor_of(request), pipeline_id=pipeline_id, values=values)
        return one(request, StageAnswer, made, status=201, location=reverse("api:stage", args=[made.pk]))


class StageDetail(APIView):
    """One stage."""

    @reads("get_stage", "deals:read", answers=StageAnswer)
    def get(self, request: Request, stage_id: UUID) -> Response:
        """Read a stage."""
        return one(request, StageAnswer, _get(stage_id), cacheable=True)

    @writes("change_stage", "admin", takes=StageChange, answers=StageAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], stage_id: UUID) -> Response:
        """Change a stage and its gates."""
        actor, version = actor_of(request), version_of(request)
        return one(request, StageAnswer, change_stage(actor=actor, stage_id=stage_id, version=version, values=values))

    @writes("remove_stage", "admin", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], stage_id: UUID) -> Response:
        """Take out a stage that no deal was ever in. `If-Match` takes the version of the pipeline."""
        remove_stage(actor=actor_of(request), stage_id=stage_id, version=version_of(request))
        return gone()


class StageGuidance(APIView):
    """What a stage says to whoever works in it."""

    @writes("change_stage_guidance", "admin", takes=GuidanceChange, answers=StageAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], stage_id: UUID) -> Response:
        """Change the guidance of a stage. It binds nobody and opens no gate."""
        actor, version = actor_of(request), version_of(request)
        return one(
            request, StageAnswer, change_guidance(actor=actor, stage_id=stage_id, version=version, values=values)
        )


class StageMoveBeside(APIView):
    """The order of the stages."""

    @writes("move_stage", "admin", takes=StagePlace, answers=PipelineAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], stage_id: UUID) -> Response:
        """Let a stage change places with the one before or after it. `If-Match` takes the version of the pipeline."""
        to: Literal["earlier", "later"] = values["to"]
        stage = move_stage(actor=actor_of(request), stage_id=stage_id, version=version_of(request), to=to)
        return one(request, PipelineAnswer, get_pipeline(stage.pipeline_id))


def _get(stage_id: UUID) -> Stage:
    stage = Stage.objects.prefetch_related("gates").filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    return stage
