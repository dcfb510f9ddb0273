"""The settings of a stage's guidance: for administrators."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.actors import Actor
from crm.errors import NotFound
from crm.queries.timeline import history_of
from crm.web.actor import administrator
from crm.web.version import outcome_of
from deals.actions.guidance import change_guidance
from deals.models import Stage
from deals.web.forms.guidance import GuidanceForm, MaterialForms, StepForms, rows_of


def _save(actor: Actor, stage: Stage, form: GuidanceForm, steps: Any, material: Any) -> Stage:
    values = {
        "good": form.cleaned_data["good"],
        "usual_days": form.cleaned_data["usual_days"],
        "steps": rows_of(steps, "text", "above"),
        "material": rows_of(material, "title", "url"),
    }
    return change_guidance(actor=actor, stage_id=stage.pk, version=form.cleaned_data["version"] or 0, values=values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def guidance(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Show and change what a stage says to whoever works in it."""
    actor = administrator(request)
    stage = Stage.objects.select_related("pipeline").filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    form = GuidanceForm(request.POST or None, stage=stage)
    steps = StepForms(request.POST or None, prefix="steps", initial=stage.steps)
    material = MaterialForms(request.POST or None, prefix="material", initial=stage.material)
    forms: dict[str, Any] = {"form": form, "steps": steps, "material": material}
    status = 200
    if request.method == "POST":
        status = outcome_of(form, partial(_save, actor, stage, form, steps, material))
        if status == 302:
            messages.success(request, _("Saved."))
            return redirect("deals:pipeline", stage.pipeline_id)
    history = history_of(actor, [stage.pk], request.GET.get("cursor", ""))
    context = {"stage": stage, "base": settings.BASE_CURRENCY, "history": history, **forms}
    return render(request, "deals/pipeline/guidance.html", context, status=status)
