"""Forms of the settings about pipelines and stages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.forms import LineField, MustPickField, PicksField, offer
from deals.models import Pipeline, Stage, StakeholderRole
from deals.queries.gate import CATALOGUE
from deals.rules.gates import WaivableBy

WAIVED_BY = {
    WaivableBy.NEVER: _("nobody can waive it"),
    WaivableBy.BUYER: _("waived by the client’s own yes"),
    WaivableBy.MANAGER: _("waived by a manager, with a reason"),
}


class NewPipelineForm(forms.Form):
    """A new pipeline begins as a copy."""

    name = LineField(label=_("Name"))
    like = MustPickField(
        label=_("Begin with the stages of"), help_text=_("Stages and gates are copied; change them then.")
    )

    def __init__(self, data: Any = None, *, pipelines: Iterable[Pipeline], **options: Any) -> None:
        super().__init__(data, **options)
        offer(self, "like", [(str(one.pk), one.name) for one in pipelines])


class PipelineForm(forms.Form):
    """The name of a pipeline and its place among all."""

    name = LineField(label=_("Name"))
    place = MustPickField(label=_("Place"), help_text=_("New deals begin in the first one unless another is chosen."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, pipeline: Pipeline, pipelines: list[Pipeline], **options: Any) -> None:
        by_place = sorted(pipelines, key=lambda one: (one.position, one.name))
        initial = {"name": pipeline.name, "place": by_place.index(pipeline) + 1, "version": pipeline.version}
        super().__init__(data, initial=initial, **options)
        offer(self, "place", [(str(n), str(n)) for n in range(1, len(by_place) + 1)])


class StageForm(forms.Form):
    """A stage: its name, its question, who must answer, and the gates to leave it."""

    name = LineField(label=_("Name"))
    question = LineField(label=_("The question the client answers by moving on"))
    gates = PicksField(
        label=_("Gates to leave it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A named buyer’s yes to moving on is always needed besides. None of these can replace it."),
    )
    answer_roles = PicksField(
        label=_("Who must say yes to moving on"),
        required=False,
        choices=StakeholderRole.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen: any one buyer. Otherwise everybody on the map with one of these roles."),
    )
    recorded_is_enough = forms.BooleanField(
        label=_("A yes that was given by voice or mail and recorded by us is enough"), required=False, initial=True
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, stage: Stage | None = None, **options: Any) -> None:
        initial = {}
        if stage is not None:
            initial = {
                **{
                    name: getattr(stage, name)
                    for name in ("name", "question", "answer_roles", "recorded_is_enough", "version")
                },
                "gates": [gate.code for gate in stage.gates.all()],
            }
        super().__init__(data, initial=initial, **options)
        offer(self, "gates", [(one.code, f"{one.label} ({WAIVED_BY[one.waivable_by]})") for one in CATALOGUE.values()])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
