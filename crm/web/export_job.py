"""Exporting: the page for everything, and what the button of any list does."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.export_job import EVERYTHING, Made, cancel_export, export, start_export
from crm.exports.kind import export_kinds
from crm.models import ExportJob
from crm.queries.export_job import export_jobs, get_export_job
from crm.web.actor import staff
from crm.web.download import download
from crm.web.forms import ChoiceCards, MustPickField, attempt

_SHOWN = 20
FORMATS = (("csv", gettext_lazy("CSV, for any program")), ("xlsx", gettext_lazy("Excel workbook")))


class ExportForm(forms.Form):
    """What is exported, and as what."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    format = MustPickField(label=gettext_lazy("As"), choices=FORMATS, widget=ChoiceCards(columns="two"), initial="csv")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [(EVERYTHING, _("Everything you see, a file for each kind in one archive"))]
        self.fields["kind"].choices = [*kinds, *((one.name, one.label) for one in export_kinds())]  # type: ignore[attr-defined]


def export_response(request: HttpRequest, kind: str, rows: QuerySet[Any] | None = None) -> HttpResponseBase:
    """Answer the POST of an export button: `rows` of a list, filtered and in order, as `format` of the form says (CSV or XLSX).

    A file when they are few; else a job, and the page where it becomes ready. Raises `Invalid` for an unknown format.
    """
    actor, format = staff(request), request.POST.get("format", "csv")
    return _answer(request, export(actor=actor, kind=kind, format=format, rows=rows))


def _answer(request: HttpRequest, made: Made | ExportJob) -> HttpResponseBase:
    if isinstance(made, Made):
        return download(made.content, made.name)
    messages.success(request, _("It is being made. It is here as soon as it is ready."))
    return redirect("crm:exports")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponseBase:
    """Choose what to export; below, what is being made and what is ready."""
    actor = staff(request)
    form = ExportForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda: _made(request, form))
        if made is not None:
            return _answer(request, made)
    context = {"form": form, "jobs": export_jobs(actor)[:_SHOWN]}
    return render(request, "crm/export_job/exports.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: ExportForm) -> Made | ExportJob:
    actor, typed = staff(request), form.cleaned_data
    if typed["kind"] == EVERYTHING:
        return start_export(actor=actor, kind=EVERYTHING, format=typed["format"])
    return export(actor=actor, kind=typed["kind"], format=typed["format"])


@login_required
@require_safe
def content(request: HttpRequest, export_id: UUID) -> FileResponse:
    """Download a ready export."""
    job = get_export_job(staff(request), export_id, ready=True)
    return download(cast(Any, default_storage.open(job.path, "rb")), job.file_name)


@login_required
@require_POST
def cancel(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """Stop an export, or throw its file away."""
    cancel_export(actor=staff(request), job_id=export_id)
    return redirect("crm:exports")
