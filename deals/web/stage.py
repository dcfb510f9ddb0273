"""The settings of one stage, on the page of its pipeline: for administrators."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.errors import NotFound
from crm.web.actor import administrator
from crm.web.forms import attempt
from crm.web.submitted import version_of
from crm.web.version import outcome_of
from deals.actions.stage import change_stage, create_stage, move_stage, remove_stage
from deals.models import Stage
from deals.web.forms.pipeline import StageForm
from deals.web.pipeline import pipeline_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_stage(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    """Add a stage behind the last one."""
    actor = administrator(request)
    form = StageForm(request.POST or None)
    act = partial(create_stage, actor=actor, pipeline_id=pipeline_id)
    if request.method == "POST" and attempt(form, lambda: act(values=form.values)) is not None:
        messages.success(request, _("Added behind the last one. Move it to where it belongs."))
        return redirect("deals:pipeline", pipeline_id)
    return pipeline_page(request, pipeline_id, new_stage=form, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Change a stage and its gates."""
    actor = administrator(request)
    stage = Stage.objects.filter(pk=stage_id).prefetch_related("gates").first()
    if stage is None:
        raise NotFound
    form = StageForm(request.POST or None, stage=stage)
    act = partial(change_stage, actor=actor, stage_id=stage_id)
    status = 200
    if request.method == "POST":
        status = outcome_of(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
        if status == 302:
            messages.success(request, _("Saved. It applies at each open deal’s next move."))
            return redirect("deals:pipeline", stage.pipeline_id)
    return pipeline_page(request, stage.pipeline_id, stage_form=form, open_stage=stage.pk, status=status)


@login_required
@require_POST
def stage_state(request: HttpRequest, stage_id: UUID, verb: str) -> HttpResponse:
    """Move a stage a place earlier or later, or take it out."""
    actor, version = administrator(request), version_of(request)
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    match verb:
        case "earlier" | "later":
            move_stage(actor=actor, stage_id=stage_id, version=version, to=verb)
            messages.success(request, _("Moved."))
        case "remove":
            remove_stage(actor=actor, stage_id=stage_id, version=version)
            messages.success(request, _("Taken out."))
        case _other:
            raise NotFound
    return redirect("deals:pipeline", stage.pipeline_id)
