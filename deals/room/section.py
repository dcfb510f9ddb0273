"""A section in the room: read, add, edit in place, share a draft, take out. Everything works without scripts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crm.actors import Actor
from crm.errors import Stale
from crm.room.actor import participant
from crm.room.frame import show
from crm.web.forms import attempt
from crm.web.submitted import version_of
from deals.actions.section import get_row, get_section
from deals.models import ProblemPart, Section, SectionKind
from deals.queries.comment import open_disputes
from deals.queries.section_rows import problem_parts, section_rows
from deals.room.forms import initial_of, side_words
from deals.room.kinds import ROW_KINDS

TEMPLATES = {kind.value: f"deals_room/{kind.value}.html" for kind in SectionKind}


@never_cache
def section(request: HttpRequest, room_id: UUID, deal_id: UUID, kind: str) -> HttpResponse:
    """A section as this person sees it. `?edit=` and `?add=` open a form in place; POST adds a row."""
    actor = participant(request, room_id)
    found = get_section(actor, deal_id, kind)
    if request.method == "POST":
        return _add(request, actor, found)
    opened = _opened(request, actor, found)
    return _page(request, actor, found, opened)


def _opened(request: HttpRequest, actor: Actor, section: Section) -> dict[str, Any]:
    """Return the one form that is open: of the row that is edited or talked about, or for a new one under a heading."""
    rows = ROW_KINDS.get(section.kind)
    if rows is None:
        return {}
    if row_id := _uuid(request.GET.get("edit", "")):
        row = get_row(actor, rows.model, row_id)
        form = rows.form(
            initial=initial_of(row, rows.fields), part=getattr(row, "part", ""), row=row, deal=section.deal
        )
        return {"editing": row.pk, "form": form}
    if row_id := _uuid(request.GET.get("say") or request.GET.get("differ", "")):
        return {"saying": row_id, "differs": "differ" in request.GET}
    if (part := request.GET.get("add", "")) and not section.deal.has_ended:
        return {"adding": part, "form": rows.form(part=part, row=None, deal=section.deal)}
    return {}


def _page(
    request: HttpRequest, actor: Actor, section: Section, opened: dict[str, Any], status: int = 200
) -> HttpResponse:
    rows = section_rows(actor, section)
    context = {
        "section": section,
        "deal": section.deal,
        "label": SectionKind(section.kind).label,
        "rows": rows,
        "parts": problem_parts(rows) if section.kind == SectionKind.PROBLEM else [],
        "side_words": side_words(actor),
        "editing": None,
        "adding": "",
        "saying": None,
        "disputes": open_disputes(actor, section),
        **opened,
    }
    return show(request, actor, TEMPLATES[section.kind], context, current=section.kind, status=status)


def _add(request: HttpRequest, actor: Actor, section: Section) -> HttpResponse:
    rows = ROW_KINDS.get(section.kind)
    if rows is None:
        raise Http404
    part = request.POST.get("part", "")
    form = rows.form(request.POST, part=part, row=None, deal=section.deal)
    row = attempt(
        form,
        lambda: rows.add(
            actor=actor, deal_id=section.deal_id, values=form.values(), private=form.cleaned_data["private"]
        ),
    )
    if row is None:
        shown = part if part in ProblemPart.values else "new"
        return _page(request, actor, section, {"adding": shown, "form": form}, status=422)
    return _back(section, row, "kept" if row.is_draft else "saved")


@never_cache
@require_POST
def row(request: HttpRequest, room_id: UUID, deal_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Edit a row, share a draft, or take a row out, as the pressed button says."""
    actor = participant(request, room_id)
    section = get_section(actor, deal_id, kind)
    rows = ROW_KINDS.get(kind)
    if rows is None:
        raise Http404
    found = get_row(actor, rows.model, row_id)
    if found.section_id != section.pk:
        raise Http404
    do = {"share": _share, "archive": _archive}.get(request.POST.get("do", ""), _edit)
    return do(request, actor, section, found)


def _edit(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    form = rows.form(request.POST, part=getattr(found, "part", ""), row=found, deal=section.deal)
    try:
        row = attempt(
            form,
            lambda: rows.edit(
                actor=actor,
                version=form.cleaned_data["version"] or 0,
                values=form.values(),
                private=form.cleaned_data["private"],
                **{rows.id_name: found.pk},
            ),
        )
    except Stale as error:
        return _conflict(request, actor, section, error, request.POST)
    if row is None:
        return _page(request, actor, section, {"editing": found.pk, "form": form}, status=422)
    return _back(section, row, "kept" if row.is_draft else "saved")


def _share(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    try:
        row = rows.share(actor=actor, version=version_of(request), **{rows.id_name: found.pk})
    except Stale as error:
        return _conflict(request, actor, section, error, initial_of(found, rows.fields))
    return _back(section, row, "shared")


def _archive(request: HttpRequest, actor: Actor, section: Section, found: Any) -> HttpResponse:
    rows = ROW_KINDS[section.kind]
    try:
        rows.archive(actor=actor, version=version_of(request), **{rows.id_name: found.pk})
    except Stale as error:
        return _conflict(request, actor, section, error, initial_of(found, rows.fields))
    return redirect(f"{_url(section)}?said=removed")


def _conflict(
    request: HttpRequest, actor: Actor, section: Section, error: Stale, typed: QueryDict | dict[str, Any]
) -> HttpResponse:
    """Both versions of the same words: theirs as they stand, and one's own in a form that can be sent again."""
    rows, theirs = ROW_KINDS[section.kind], error.current
    mine = {name: typed.get(name) for name in typed} | {"version": theirs.version}
    form = rows.form(initial=mine, part=getattr(theirs, "part", ""), row=theirs, deal=section.deal)
    before = rows.form(
        initial=initial_of(theirs, rows.fields), part=getattr(theirs, "part", ""), row=theirs, deal=section.deal
    )
    lines = [(field.label, _shown(field), _shown(form[field.name])) for field in before.visible_fields()]
    context = {
        "section": section,
        "deal": section.deal,
        "label": SectionKind(section.kind).label,
        "theirs": theirs,
        "lines": [line for line in lines if line[1] != line[2]],
        "form": form,
        "message": error.message,
        "adding": "",
        "side_words": side_words(actor),
    }
    return show(request, actor, "deals_room/conflict.html", context, current=section.kind, status=409)


def _shown(field: Any) -> str:
    """Return a field's value as a person reads it."""
    value = field.value()
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    text = "" if value is None else str(field.field.prepare_value(value))
    return choices.get(text, text) if text else ""


def _back(section: Section, row: Any, said: str) -> HttpResponse:
    return redirect(f"{_url(section)}?said={said}#row-{getattr(row, 'replaces_id', None) or row.pk}")


def _url(section: Section) -> str:
    return reverse("deals_room:section", args=[section.deal.room_id, section.deal_id, section.kind])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
