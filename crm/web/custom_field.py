"""The settings of custom fields: for all staff to read, for administrators to define."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.custom_field import (
    archive_custom_field,
    change_custom_field,
    create_custom_field,
    move_custom_field,
    restore_custom_field,
)
from crm.errors import NotFound
from crm.models import CustomField, CustomFieldOn, CustomFieldType
from crm.queries.custom_field import all_custom_fields, get_custom_field
from crm.queries.timeline import history_of
from crm.web.actor import administrator, staff
from crm.web.forms import LineField, MustPickField, WordsField, attempt
from crm.web.version import outcome_of


class CustomFieldForm(forms.Form):
    """How a custom field is called, and what can be chosen in it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    label = LineField(label=gettext_lazy("Name"))
    choices = WordsField(
        label=gettext_lazy("Choices"),
        required=False,
        help_text=gettext_lazy("One a line; only for a field that is one of a list."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be filled when something new is added"), required=False)

    def __init__(self, data: Any = None, *, field: CustomField | None = None, initial: Any = None) -> None:
        if field is not None:
            own = {"label": field.label, "required": field.required, "version": field.version}
            initial = own | {"choices": "\n".join(field.choices)}
        super().__init__(data, initial=initial)
        if field is not None and field.type != CustomFieldType.CHOICE:
            del self.fields["choices"]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        lines = (line.strip() for line in self.cleaned_data.get("choices", "").split("\n"))
        return self.cleaned_data | {"choices": [line for line in lines if line]}


class NewCustomFieldForm(CustomFieldForm):
    """A new one says what it is on and what it holds; both stay."""

    on = MustPickField(label=gettext_lazy("On"), choices=CustomFieldOn.choices)
    type = MustPickField(label=gettext_lazy("Holds"), choices=CustomFieldType.choices)
    key = LineField(
        label=gettext_lazy("Key"),
        required=False,
        help_text=gettext_lazy(
            "The name for imports and integrations; it stays. Left empty, it is made from the name."
        ),
    )


@login_required
@require_safe
def custom_fields(request: HttpRequest) -> HttpResponse:
    """List all custom fields."""
    return render(request, "crm/custom_field/list.html", {"groups": all_custom_fields(staff(request))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_custom_field(request: HttpRequest) -> HttpResponse:
    """Define a custom field; `?on=` says on what."""
    actor = administrator(request)
    form = NewCustomFieldForm(request.POST or None, initial={"on": request.GET.get("on", "")})
    act = partial(create_custom_field, actor=actor)
    if request.method == "POST" and attempt(form, lambda: act(values=form.values)) is not None:
        messages.success(request, _("Added. It can be filled from now on."))
        return redirect("crm:custom_fields")
    return render(request, "crm/custom_field/form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def custom_field(request: HttpRequest, custom_field_id: UUID) -> HttpResponse:
    """Change a custom field, and see what happened to it."""
    actor = administrator(request)
    field = get_custom_field(actor, custom_field_id)
    form = CustomFieldForm(request.POST or None, field=field)
    act = partial(change_custom_field, actor=actor, custom_field_id=field.pk)
    status = 200
    if request.method == "POST":
        status = outcome_of(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
        if status == 302:
            messages.success(request, _("Saved. Values that are there stay as they are."))
            return redirect("crm:custom_fields")
    history = history_of(actor, [field.pk], request.GET.get("cursor", ""))
    context = {"form": form, "field": field, "history": history}
    return render(request, "crm/custom_field/form.html", context, status=status)


@login_required
@require_POST
def custom_field_state(request: HttpRequest, custom_field_id: UUID, verb: str) -> HttpResponse:
    """Move a custom field, take it out of use, or into use again."""
    actor = administrator(request)
    match verb:
        case "earlier" | "later":
            move_custom_field(actor=actor, custom_field_id=custom_field_id, to=verb)
        case "archive":
            archive_custom_field(actor=actor, custom_field_id=custom_field_id)
            messages.success(request, _("Out of use. Its values are kept."))
        case "restore":
            restore_custom_field(actor=actor, custom_field_id=custom_field_id)
            messages.success(request, _("In use again, with the values it had."))
        case _other:
            raise NotFound
    return redirect("crm:custom_fields")
