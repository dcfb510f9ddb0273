"""A section in the room: read, add, edit in place, share a draft, take out. Everything works without scripts."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.comment import add_comment
from crm.actors import Actor
from crm.errors import Stale
from crm.room.actor import participant
from crm.room.frame import show
from crm.room.submitted import remember_sent, sent_before
from crm.web.conflict import Conflicting, conflict_context, decided, given_up
from crm.web.forms import attempt
from crm.web.submitted import draft_of, version_of
from crm.web.version import attempt_edit
from deals.actions.section import get_row
from deals.models import ProblemPart, Section, SectionKind
from deals.queries.dispute import open_disputes
from deals.queries.section import get_section
from deals.queries.section_rows import left_out, people_by_side, problem_parts, section_rows
from deals.queries.set_aside import words_set_aside
from deals.room.forms import BesideForm, RowForm
from deals.room.kinds import ROW_KINDS

TEMPLATES = {kind.value: f"deals_room/{kind.value}.html" for kind in SectionKind}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, room_id: UUID, deal_id: UUID, kind: str) -> HttpResponse:
    """A section as this person sees it. `?edit=` and `?add=` open a form in place; POST adds a row."""
    actor = participant(request, room_id)
    found = get_section(actor, deal_id, kind)
    if request.method == "POST":
        return _add(request, actor, found)
    return _page(request, actor, found, _opened(request, actor, found))


def _opened(request: HttpRequest, actor: Actor, section: Section) -> dict[str, Any]:
    """Return the one form that is open: of the row that is edited or talked about, or for a new one under a heading."""
    rows = ROW_KINDS[section.kind]
    if section.deal.has_ended and ("edit" in request.GET or "add" in request.GET):
        return {}  # the page says that nothing is changed any more
    if row_id := _uuid(request.GET.get("edit", "")):
        row = get_row(actor, rows.model, row_id)
        if not row.may_be_changed_by(actor):
            return {}
        return {"editing": row.pk, "form": rows.form(actor=actor, deal=section.deal, row=row)}
    if row_id := _uuid(request.GET.get("say") or request.GET.get("differ", "")):
        return {"saying": row_id, "say": BesideForm(initial={"disputes": "differ" in request.GET})}
    if part := request.GET.get("add", ""):
        return {"adding": part, "form": rows.form(actor=actor, deal=section.deal, part=part)}
    return {}


def _page(
    request: HttpRequest, actor: Actor, section: Section, opened: dict[str, Any], status: int = 200
) -> HttpResponse:
    rows = section_rows(actor, section)
    client = str(section.deal.organization or _("Your side"))
    context = {
        "section": section,
        "deal": section.deal,
        "label": SectionKind(section.kind).label,
        "rows": rows,
        "parts": problem_parts(actor, rows) if section.kind == SectionKind.PROBLEM else [],
        "sides": people_by_side(rows, client) if section.kind == SectionKind.PEOPLE else [],
        "left_out": left_out(section),
        "editing": None,
        "adding": "",
        "saying": None,
        "disputes": open_disputes(actor, section),
        "set_aside": words_set_aside(actor, section),
        **opened,
    }
    return show(request, actor, TEMPLATES[section.kind], context, current=section.kind, status=status)


def _add(request: HttpRequest, actor: Actor, section: Section) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    part = request.POST.get("part", "")
    form = rows.form(request.POST, actor=actor, deal=section.deal, part=part)
    if sent_before(request):
        return redirect(f"{_url(section)}?said=saved")
    row = attempt(
        form,
        lambda: rows.add(
            actor=actor, deal_id=section.deal_id, values=form.values, private=form.cleaned_data["private"]
        ),
    )
    if row is None:
        shown = part if part in ProblemPart.values else "new"
        return _page(request, actor, section, {"adding": shown, "form": form}, status=422)
    remember_sent(request)
    return _back(section, row, "kept" if row.is_draft else "saved")


@never_cache
@require_POST
def row(request: HttpRequest, room_id: UUID, deal_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Edit a row, share a draft, take a row out, or say something beside it, as the pressed button says."""
    actor = participant(request, room_id)
    section = get_section(actor, deal_id, kind)
    found = get_row(actor, ROW_KINDS[kind].model, row_id)
    if found.section_id != section.pk:
        raise Http404
    do = {"share": _share, "archive": _archive, "say": _say}.get(request.POST.get("do", ""), _edit)
    return do(request, actor, section, found)


def _edit(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    form = rows.form(decided(request.POST, rows.form.merged), actor=actor, deal=section.deal, row=found)
    try:
        row = attempt_edit(
            form,
            lambda: rows.edit(
                actor=actor,
                version=form.cleaned_data["version"] or 0,
                values=form.values,
                private=form.cleaned_data["private"],
                draft=draft_of(request),
                given_up=given_up(request.POST, form, found),
                **{rows.id_name: found.pk},
            ),
        )
    except Stale as error:
        return _conflict(request, actor, section, form, error)
    if row is None:
        return _page(request, actor, section, {"editing": found.pk, "form": form}, status=422)
    return _back(section, row, "kept" if row.is_draft else "merged" if form.is_merged else "saved")


def _share(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    try:
        row = rows.share(actor=actor, version=version_of(request), **{rows.id_name: found.pk})
    except Stale as error:
        form = rows.form(actor=actor, deal=section.deal, row=found)
        form.as_written(found)
        return _conflict(request, actor, section, form, error, draft=found)
    return _back(section, row, "shared")


def _archive(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    rows.archive(actor=actor, version=version_of(request), **{rows.id_name: found.pk})
    return redirect(f"{_url(section)}?said=removed")


def _say(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    """Say something beside the row, or answer what was said there."""
    form = BesideForm(request.POST)
    act = partial(add_comment, actor=actor, room_id=section.deal.room_id, section=section.kind, subject_id=found.pk)
    if not sent_before(request):
        said = attempt(form, lambda: act(**form.values))
        if said is None:
            return _page(request, actor, section, {"saying": found.pk, "say": form}, status=422)
        remember_sent(request)
    return redirect(f"{_url(section)}?said=sent#row-{found.pk}")


def _conflict(
    request: HttpRequest, actor: Actor, section: Section, form: RowForm, error: Stale, draft: Any = None
) -> HttpResponse:
    """Both versions of the same words, to choose from or put together."""
    found = Conflicting(
        kind=section.kind,
        heading=ROW_KINDS[section.kind].heading(error.current),
        form=form,
        current=error.current,
        url=reverse("deals_room:row", args=[section.deal.room_id, section.deal_id, section.kind, error.current.pk]),
        draft=draft,
    )
    context = {"label": SectionKind(section.kind).label, "away": _url(section)} | conflict_context(actor, found)
    return show(request, actor, "deals_room/conflict.html", context, current=section.kind, status=409)


def _back(section: Section, row: Any, said: str) -> HttpResponse:
    return redirect(f"{_url(section)}?said={said}#row-{getattr(row, 'replaces_id', None) or row.pk}")


def _url(section: Section) -> str:
    return reverse("deals_room:section", args=[section.deal.room_id, section.deal_id, section.kind])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
