"""The settings of pipelines: for all staff to read, for administrators to write."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.errors import NotFound
from crm.web.actor import administrator, staff
from crm.web.forms import attempt
from crm.web.submitted import version_of
from crm.web.version import outcome_of
from deals.actions.pipeline import archive_pipeline, change_pipeline, create_pipeline, restore_pipeline
from deals.queries.pipeline import pipeline_view, pipelines
from deals.web.forms.pipeline import NewPipelineForm, PipelineForm


def pipeline_page(request: HttpRequest, pipeline_id: UUID | None, **more: Any) -> HttpResponse:
    """Show a pipeline; `more` are forms to show in it, `status` the answer's."""
    status = more.pop("status", 200)
    view = pipeline_view(staff(request), pipeline_id, request.GET.get("cursor", ""))
    return render(request, "deals/pipeline/page.html", {"view": view, **more}, status=status)


@login_required
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Show the first pipeline."""
    if chosen := request.GET.get("pipeline", ""):
        found = next((one for one in pipelines(staff(request)) if str(one.pk) == chosen), None)
        if found is None:
            raise NotFound
        return redirect("deals:pipeline", found.pk)
    return pipeline_page(request, None)


@login_required
@require_safe
def pipeline(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    """Show one pipeline."""
    return pipeline_page(request, pipeline_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_pipeline(request: HttpRequest) -> HttpResponse:
    """Make a pipeline as a copy of another."""
    actor = administrator(request)
    rows = list(pipelines(actor))
    form = NewPipelineForm(request.POST or None, pipelines=rows, initial={"like": request.GET.get("like", "")})
    if request.method == "POST":
        made = attempt(form, lambda: create_pipeline(actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("Made. Change its stages and gates as you need them."))
            return redirect("deals:pipeline", made.pk)
    return render(request, "deals/pipeline/form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_pipeline(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    """Rename a pipeline, or give it another place."""
    actor = administrator(request)
    rows = list(pipelines(actor))
    pipeline = next((one for one in rows if one.pk == pipeline_id), None)
    if pipeline is None:
        raise NotFound
    form = PipelineForm(request.POST or None, pipeline=pipeline, pipelines=rows)
    act = partial(change_pipeline, actor=actor, pipeline_id=pipeline_id)
    status = 200
    if request.method == "POST":
        status = outcome_of(form, lambda: act(**form.cleaned_data | {"version": form.cleaned_data["version"] or 0}))
        if status == 302:
            messages.success(request, _("Saved."))
            return redirect("deals:pipeline", pipeline_id)
    context = {"form": form, "pipeline": pipeline}
    return render(request, "deals/pipeline/form.html", context, status=status)


@login_required
@require_POST
def pipeline_state(request: HttpRequest, pipeline_id: UUID, verb: str) -> HttpResponse:
    """Take a pipeline out of use, or into use again."""
    act, words = {
        "archive": (archive_pipeline, _("No new deals begin here. Those that are in it go on to their end.")),
        "restore": (restore_pipeline, _("New deals can begin here again.")),
    }.get(verb, (None, ""))
    if act is None:
        raise NotFound
    act(actor=administrator(request), pipeline_id=pipeline_id, version=version_of(request))
    messages.success(request, words)
    return redirect("deals:pipeline", pipeline_id)
