"""Importing a file: choosing it, matching columns, deciding, importing, cancelling, undoing."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.errors import Invalid, Refused, Stale
from crm.models import ImportRun
from crm.queries.paging import page_of
from crm.sheets import temporary
from crm.web.actor import staff
from crm.web.download import download
from crm.web.forms import ChoiceCards, MustPickField, attempt
from crm.web.submitted import version_of
from deals.actions.import_run import (
    cancel_import,
    decide,
    match_columns,
    read_as,
    start_import,
    undo_import,
    upload_import,
)
from deals.imports.lines import write_report
from deals.imports.sources import SOURCES
from deals.imports.targets import KINDS
from deals.queries.import_page import get_import_page
from deals.queries.import_run import get_import_run, import_runs


class UploadForm(forms.Form):
    """A file, what its rows are, and where it comes from."""

    kind = MustPickField(label=gettext_lazy("What the rows are"), widget=ChoiceCards(columns="two"))
    source = forms.ChoiceField(label=gettext_lazy("Where it comes from"), required=False)
    file = forms.FileField(
        label=gettext_lazy("The file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv", "class": "drop-file"}),
        help_text=gettext_lazy("CSV, at most 100 MB. Choose it, or drop it here."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [(kind.name, kind.label) for kind in KINDS.values()]
        sources = [("", _("Recognise it")), *((one.name, one.label) for one in SOURCES.values())]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0][0]
        self.fields["source"].choices = sources  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file to bring in; below, what was brought in before."""
    actor = staff(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        run = attempt(form, lambda: _upload(request, form))
        if run is not None:
            return redirect("deals:import", run.pk)
    page = page_of(import_runs(actor), request.GET.get("cursor", ""), by=("-started_at", "-id"), limit=20)
    context = {"form": form, "page": page, "kinds": KINDS}
    return render(request, "deals/import_run/imports.html", context, status=422 if form.errors else 200)


def _upload(request: HttpRequest, form: UploadForm) -> ImportRun:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid.field("file", _("Choose a file."), code="required")
    typed = form.cleaned_data
    return upload_import(
        actor=staff(request),
        kind=typed["kind"],
        name=file.name or "file.csv",
        content=cast(Any, file.file),
        source=typed["source"],
    )


@login_required
@require_safe
def import_run(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show where an import stands and what is next."""
    return _page(request, import_id)


def _page(request: HttpRequest, import_id: UUID, refused: Invalid | Refused | Stale | None = None) -> HttpResponse:
    actor = staff(request)
    page = get_import_page(actor, import_id, request.GET.get("show", ""), request.POST if refused else None)
    faults = {fault.field: str(fault.message) for fault in refused.faults} if refused else {}
    context = {"page": page, "run": page.run, "refused": refused, "faults": faults}
    return render(request, "deals/import_run/page.html", context, status=refused.status if refused else 200)


def _acted(request: HttpRequest, import_id: UUID, act: Callable[[], Any], said: str = "") -> HttpResponse:
    try:
        act()
    except (Invalid, Refused, Stale) as error:
        return _page(request, import_id, error)
    if said:
        messages.success(request, said)
    return redirect("deals:import", import_id)


@login_required
@require_POST
def source(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Say where a file comes from and how it is read, and match its columns anew."""
    actor = staff(request)
    source, encoding, delimiter = (request.POST.get(name, "") for name in ("source", "encoding", "delimiter"))
    act = partial(read_as, actor=actor, run_id=import_id, version=version_of(request), source=source)
    return _acted(request, import_id, lambda: act(encoding=encoding, delimiter=delimiter))


@login_required
@require_POST
def columns(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Match the columns, and check all rows."""
    actor = staff(request)
    mapping = {name.removeprefix("column-"): value for name, value in _typed(request) if name.startswith("column-")}
    act = partial(match_columns, actor=actor, run_id=import_id, version=version_of(request))
    return _acted(request, import_id, lambda: act(mapping=mapping))


@login_required
@require_POST
def choices(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Decide what was asked, and check again."""
    actor = staff(request)
    chosen = {name.removeprefix("choice-"): value for name, value in _typed(request) if name.startswith("choice-")}
    act = partial(decide, actor=actor, run_id=import_id, version=version_of(request))
    return _acted(request, import_id, lambda: act(choices=chosen))


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.POST.items()]


@login_required
@require_POST
def start(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Bring the rows in."""
    actor, version = staff(request), version_of(request)
    return _acted(request, import_id, lambda: start_import(actor=actor, run_id=import_id, version=version))


@login_required
@require_POST
def cancel(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Stop an import."""
    actor = staff(request)
    return _acted(request, import_id, lambda: cancel_import(actor=actor, run_id=import_id))


@login_required
@require_POST
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Take an import back."""
    actor, version = staff(request), version_of(request)
    return _acted(request, import_id, lambda: undo_import(actor=actor, run_id=import_id, version=version))


@login_required
@require_safe
def report(request: HttpRequest, import_id: UUID) -> FileResponse:
    """Download what became of each line, or would."""
    run = get_import_run(staff(request), import_id)
    content = temporary()
    write_report(content, run)
    return download(content, f"{run.file_name.rpartition('.')[0] or 'import'}-report.csv")
