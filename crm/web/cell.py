"""One cell of a table, changed in its place: as a fragment with htmx, as a small page without."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm.actions.record import change_record
from crm.actors import Actor
from crm.errors import NotAllowed, NotFound, Stale
from crm.queries.record import CUSTOM, fields_of
from crm.queries.table import Cell, TableRow, cell_of, table_rows
from crm.record_kinds import RecordField, RecordKind
from crm.record_kinds import record_kind as kind_called
from crm.rules.filter import FieldType
from crm.web.actor import staff
from crm.web.forms import DayField, LineField, NumberField, WordsField
from crm.web.version import VersionedForm, attempt_edit, plain_values

_TRUTH = {"True": True, "False": False}
_YES_NO = {"True": gettext_lazy("Yes"), "False": gettext_lazy("No")}


class CellForm(VersionedForm):
    """One field of a record."""

    back = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, actor: Actor, field: RecordField, data: Any = None, *, row: Any, **options: Any) -> None:
        self.field = field
        self.merged = (field.change,)
        super().__init__(data, row=row, **options)
        self.fields[field.change] = control_of(actor, field, row)
        if field.type == FieldType.NUMBER:
            self.initial[field.change] = field.read(row)

    @property
    def control(self) -> forms.BoundField:
        """The one control."""
        return self[self.field.change]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action; nothing when it still says what the writer started from."""
        name = self.field.change
        if self.base().get(name) == self.typed().get(name):
            return {}
        return {name: typed_value(self.field, self.cleaned_data[name])}


def typed_value(field: RecordField, typed: Any) -> Any:
    """Return what was typed into the control of a field as the action takes it; None for nothing in a custom field."""
    if field.type == FieldType.YES_NO:
        return _TRUTH.get(typed)
    if field.is_id:
        return UUID(typed) if typed else None
    return None if field.name.startswith(CUSTOM) and typed in (None, "") else typed


def control_of(actor: Actor, field: RecordField, row: Any = None) -> forms.Field:
    """Return the control a field is changed with. What a row holds stays to choose, even if nobody else may choose it."""
    shape: dict[str, Any] = {"label": field.label, "required": False}
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return NumberField(**shape)
    if field.type == FieldType.DAY:
        return DayField(**shape)
    if field.options:
        choices = _YES_NO if field.type == FieldType.YES_NO else dict(field.options(actor))
        kept = str(plain_values(row, (field.change,))[field.change]) if row is not None else ""
        if kept and kept not in choices and field.type == FieldType.CHOICE:
            choices = {kept: str(field.read(row)), **choices}
        empty = {"": "—"} if field.blank else {}
        return forms.ChoiceField(**shape, choices=list((empty | choices).items()))
    return WordsField(**shape, rows=2) if field.name.startswith(CUSTOM) else LineField(**shape)


@dataclass(frozen=True)
class Editing:
    """A cell being changed; `theirs` is what somebody else wrote into it meanwhile."""

    kind: RecordKind
    field: RecordField
    line: TableRow
    form: CellForm
    theirs: Cell | None = None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, record_kind: str, row_id: UUID, field_name: str) -> HttpResponse:
    """Change one field of a record. With `?show` the cell as it is."""
    actor, kind = staff(request), kind_called(record_kind)
    field = fields_of(actor, kind).get(field_name)
    line = _line(actor, kind, field, row_id)
    if field is None or line is None or not field.change:
        raise NotFound
    if not line.may_write:
        raise NotAllowed(_("You may read this, but not change it."))
    if "show" in request.GET:
        return render(request, "crm/record/_cell_td.html", {"kind": kind, "line": line, "cell": line.cells[0]})
    if request.method != "POST":
        form = CellForm(actor, field, row=line.row, initial={"back": _came_from(request, kind)})
        return _form(request, Editing(kind, field, line, form))
    return _change(request, actor, Editing(kind, field, line, CellForm(actor, field, request.POST, row=line.row)))


def _change(request: HttpRequest, actor: Actor, editing: Editing) -> HttpResponse:
    kind, form, row_id = editing.kind, editing.form, editing.line.row.pk

    def act() -> Any:
        version = form.cleaned_data["version"] or 0
        return change_record(actor=actor, kind=kind, row_id=row_id, version=version, values=form.values)

    try:
        saved = attempt_edit(form, act)
    except Stale as error:
        return _form(request, _both(actor, editing, error.current), status=409)
    if saved is None:
        return _form(request, editing, status=422)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("Saved."))
        return redirect(_back(form.cleaned_data["back"], kind))
    line = _line(actor, kind, editing.field, row_id)
    context = {"kind": kind, "line": line, "cell": line.cells[0] if line else None, "saved": True}
    return render(request, "crm/record/_cell_td.html", context)


def _both(actor: Actor, editing: Editing, current: Any) -> Editing:
    """Show what somebody else wrote beside what was typed: saving again is meant."""
    form = editing.form
    again = form.sent_again(current, form.merge_with(current))
    again[editing.field.change] = form.data.get(editing.field.change, "")
    line = _line(actor, editing.kind, editing.field, current.pk) or editing.line
    both = CellForm(actor, editing.field, again, row=line.row)
    return Editing(editing.kind, editing.field, line, both, theirs=cell_of(editing.field, line.row))


def _line(actor: Actor, kind: RecordKind, field: RecordField | None, row_id: UUID) -> TableRow | None:
    """Return a record with its one cell; None when the actor sees no such record."""
    rows = list(kind.rows(actor).select_related(*kind.related).filter(pk=row_id))
    lines = table_rows(actor, kind, [field] if field else [], rows)
    return lines[0] if lines else None


def _form(request: HttpRequest, editing: Editing, status: int = 200) -> HttpResponse:
    template = "crm/record/_cell_form.html" if request.htmx else "crm/record/cell.html"  # type: ignore[attr-defined]
    return render(request, template, {"editing": editing, "kind": editing.kind}, status=status)


def _came_from(request: HttpRequest, kind: RecordKind) -> str:
    """Return the list somebody came from, to lead back there."""
    came = urlsplit(request.headers.get("Referer", ""))
    return _back(f"{came.path}?{came.query}", kind) if came.netloc == request.get_host() else reverse(kind.url_name)


def _back(address: str, kind: RecordKind) -> str:
    """Return an address of the kind's list; its plain one in place of any other."""
    here = reverse(kind.url_name)
    return address if address.partition("?")[0] == here else here
