"""Changing many rows of a table at once: choosing what, looking at it, doing it, undoing it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions.bulk_change import AT_ONCE, MOST, preview_bulk_change, run_bulk_change, undo_bulk_change
from crm.actors import Actor
from crm.models import BulkChange
from crm.queries.bulk_change import ARCHIVED, BulkField, bulk_field, get_bulk_change
from crm.queries.view import rows_of_view
from crm.record_kinds import RecordKind
from crm.record_kinds import record_kind as kind_called
from crm.web.actor import staff
from crm.web.cell import control_of, typed_value
from crm.web.forms import attempt
from crm.web.look import Look, look_at


class BulkForm(forms.Form):
    """The value that many records get."""

    def __init__(self, actor: Actor, chosen: BulkField, data: Any = None) -> None:
        super().__init__(data)
        self.chosen = chosen
        if chosen.field:
            self.fields[chosen.argument] = control_of(actor, chosen.field)

    @property
    def value(self) -> Any:
        """What was typed, as the action takes it."""
        return typed_value(self.chosen.field, self.cleaned_data[self.chosen.argument]) if self.chosen.field else True


@login_required
@require_POST
def begin(request: HttpRequest, record_kind: str) -> HttpResponse:
    """Ask for the value that the chosen rows get; with one, look at what it would do."""
    actor, kind = staff(request), kind_called(record_kind)
    look = look_at(request, actor, kind)
    chosen = bulk_field(actor, kind, request.POST.get("field", ""))
    ids = _chosen_rows(request.POST, actor, look)
    is_typed = "set" in request.POST or chosen.name == ARCHIVED
    form = BulkForm(actor, chosen, request.POST if is_typed else None)
    status = 200
    if is_typed:
        act = _preview(actor, kind, ids, form)
        bulk = attempt(form, act)
        if bulk is not None:
            return redirect("crm:bulk_change", bulk.pk)
        status = 422
    context = {"kind": kind, "look": look, "form": form, "chosen": chosen, "ids": ids, "back": look.address()}
    return render(request, "crm/record/bulk_value.html", context, status=status)


def _preview(actor: Actor, kind: RecordKind, ids: list[UUID], form: BulkForm) -> Callable[[], BulkChange]:
    return lambda: preview_bulk_change(actor=actor, kind=kind.name, ids=ids, field=form.chosen.name, value=form.value)


def _chosen_rows(sent: QueryDict, actor: Actor, look: Look) -> list[UUID]:
    """Return the ids of the rows that were ticked, or of all that the view shows; one more than can be changed at most."""
    if "all" in sent and look.fault is None:
        rows = rows_of_view(actor, look.view, fields=look.fields, q=look.q)
        return list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    found = []
    for words in sent.getlist("row")[: MOST + 1]:
        try:
            found.append(UUID(words))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


@login_required
@require_safe
def bulk_change(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Show what a bulk change would do, or did."""
    page = get_bulk_change(staff(request), bulk_id, request.GET.get("cursor", ""))
    context = {"page": page, "kind": page.kind, "list_url": reverse(page.kind.url_name), "tried": AT_ONCE}
    return render(request, "crm/record/bulk_change.html", context)


@login_required
@require_POST
def run(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Do it."""
    run_bulk_change(actor=staff(request), bulk_id=bulk_id)
    return redirect("crm:bulk_change", bulk_id)


@login_required
@require_POST
def undo(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Undo it."""
    undo_bulk_change(actor=staff(request), bulk_id=bulk_id)
    return redirect("crm:bulk_change", bulk_id)
