"""A list as a table: the page that shows a view."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crm.actors import Actor
from crm.errors import Invalid
from crm.limits import take_search
from crm.queries.bulk_change import bulk_fields
from crm.queries.table import get_table
from crm.queries.view import read_columns, rows_of_view
from crm.record_kinds import RecordKind, record_kind
from crm.rules.filter import SEARCHING
from crm.web.actor import staff
from crm.web.export_job import export_response
from crm.web.filter import filter_bar, submitted_filter
from crm.web.look import Look, column_address, look_at


def frame_of(request: HttpRequest, actor: Actor, look: Look, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return what every form of a list shows around its rows: views, those everybody has with their `counts`, and filters."""
    present = None if look.saved or look.fault or look.q else look.view.where
    standard = [(label, where, where == present, (counts or {}).get(where)) for label, where in look.kind.standard]
    return {
        "look": look,
        "kind": look.kind,
        "standard": standard,
        "bar": filter_bar(request, actor, look),
    }


def list_page(request: HttpRequest, actor: Actor, kind: RecordKind, template: str) -> HttpResponse:
    """Show a list that is a table only, or go where a filter or columns that were chosen lead."""
    look = look_at(request, actor, kind)
    address = submitted_filter(request, look) or column_address(request, kind)
    return redirect(address) if address else table_page(request, actor, look, template)


def table_page(request: HttpRequest, actor: Actor, look: Look, template: str, **more: Any) -> HttpResponse:
    """Show a list as a table. A filter that cannot be read is answered with what is wrong with it, and no rows."""
    if look.q or any(one.op in SEARCHING for one in look.view.group.conditions):
        take_search(actor)
    context = {**frame_of(request, actor, look), **more}
    if look.fault is None:
        wants_count = request.GET.get("count") == "exact"
        try:
            context["table"] = get_table(
                actor, look.view, fields=look.fields, q=look.q, cursor=request.GET.get("cursor", ""), count=wants_count
            )
        except Invalid as fault:
            context["fault"] = fault
    else:
        context["fault"] = look.fault
    if (table := context.get("table")) and any(line.may_write for line in table.rows):
        context["bulk_fields"] = bulk_fields(look.kind, look.fields)
    shown = read_columns(look.view.columns, look.kind, look.fields)
    context["choosable"] = [*shown, *(one for one in look.fields.values() if one not in shown)]
    context["shown"] = shown
    return render(request, template, context, status=400 if context.get("fault") else 200)


@login_required
@require_POST
def export_list(request: HttpRequest, list_kind: str) -> HttpResponseBase:
    """Export the rows that a list shows, filtered and in its order: the address says what the list's own does."""
    actor = staff(request)
    look = look_at(request, actor, record_kind(list_kind))
    if look.fault is not None:
        raise look.fault
    if look.q:
        take_search(actor)
    rows = rows_of_view(actor, look.view, fields=look.fields, q=look.q)
    return export_response(request, f"{list_kind}s", rows)
