"""Pipelines, stages and gates in Django's admin, for administrators, through the actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin import ActionAdmin, ActionForm
from deals.actions.pipeline import change_pipeline, create_pipeline, save_stage
from deals.models import Pipeline, Stage, StakeholderRole
from deals.queries.gate import CATALOGUE


class PipelineForm(ActionForm):
    """A pipeline; a new one comes with its first stage."""

    stage = forms.CharField(label=_("First stage"), required=False)
    question = forms.CharField(label=_("What the buyer answers by moving on from it"), required=False)

    class Meta:
        model = Pipeline
        fields = ("name", "slug", "position")

    def act(self, values: dict[str, Any]) -> Pipeline:
        """Add or change."""
        if self.instance._state.adding:
            return create_pipeline(actor=self.actor, values=values)
        return change_pipeline(actor=self.actor, pipeline_id=self.instance.pk, values=values)


@admin.register(Pipeline)
class PipelineAdmin(ActionAdmin):
    """The ways from first talk to a close."""

    form = PipelineForm
    list_display = ("name", "slug", "position")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The first stage is asked for once."""
        return ("name", "slug", "position") if obj else ("name", "slug", "position", "stage", "question")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The slug stays."""
        return ("slug",) if obj else ()


class StageForm(ActionForm):
    """A stage and its gates."""

    answer_roles = forms.MultipleChoiceField(
        label=_("Who must answer"),
        choices=StakeholderRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: any one buyer."),
    )
    gates = forms.MultipleChoiceField(
        label=_("Gates to leave it"),
        choices=[(gate.code, gate.label) for gate in CATALOGUE.values()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Applies at each open deal’s next move; gates already passed stay passed."),
    )

    class Meta:
        model = Stage
        fields = ("pipeline", "name", "question", "position", "answer_roles", "recorded_is_enough")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.initial["gates"] = list(self.instance.gates.values_list("code", flat=True))

    def act(self, values: dict[str, Any]) -> Stage:
        """Add or change."""
        if self.instance._state.adding:
            return save_stage(actor=self.actor, pipeline_id=values["pipeline"].pk, values=values)
        pipeline = self.instance.pipeline_id
        return save_stage(actor=self.actor, pipeline_id=pipeline, stage_id=self.instance.pk, values=values)


@admin.register(Stage)
class StageAdmin(ActionAdmin):
    """The stages of each pipeline, in order."""

    form = StageForm
    fields = ("pipeline", "name", "question", "position", "answer_roles", "recorded_is_enough", "gates")
    list_display = ("name", "pipeline", "position", "question")
    list_filter = ("pipeline",)
    list_select_related = ("pipeline",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A stage never leaves its pipeline."""
        return ("pipeline",) if obj else ()
