"""Forms that change a row which somebody else may be changing too.

They carry the version they were opened at and the words they started from: what two people changed in different places
is put together, and where both changed the same words the second writer sees both.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.errors import Stale
from crm.rules.merge import Merge, merge_fields
from crm.web.forms import NumberField, add_faults, attempt

CUSTOM = "custom."
"""What the name of a custom field in a form begins with; its key follows, as the action names it in a fault."""
_TRIES = 3
"""How often an edit is merged and tried again while others keep being faster; then both versions are shown."""
_DIGITS = 40

Plain = str | tuple[str, ...]
"""A value as it is compared: numbers and days in one notation, several choices as a tuple."""
Result = TypeVar("Result")


class VersionedForm(forms.Form):
    """A form about a row: `merged` names the fields that are compared when two people wrote at once."""

    merged: tuple[str, ...] = ()
    is_merged = False
    """Whether somebody else's changes were taken in beside what was typed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    started_from = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    private = forms.BooleanField(widget=forms.HiddenInput, required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False, initial=lambda: uuid4().hex)

    def __init__(self, data: Any = None, *, row: models.Model | None = None, **options: Any) -> None:
        initial = dict(options.pop("initial", None) or {})
        if row is not None:
            own = {name: _value(row, name) for name in self.merged}
            initial = {**own, "version": row.version, "started_from": json.dumps(_plain(own)), **initial}  # type: ignore[attr-defined]
        super().__init__(data, initial=initial, **options)

    def leave_out(self, *names: str) -> bool:
        """Take out fields that are not the reader's to change. Not those that the browser sent: nothing typed is lost."""
        if not names or any(name in self.data for name in names):
            return False
        for name in names:
            del self.fields[name]
        return True

    @property
    def compared(self) -> tuple[str, ...]:
        """The fields of `merged` that stand in this form."""
        return tuple(name for name in self.merged if name in self.fields)

    def base(self) -> dict[str, Plain]:
        """Return the words the writer started from; empty when the browser sent none."""
        try:
            found = json.loads(self.data.get("started_from", "") or "{}")
        except (ValueError, RecursionError):
            return {}
        return _plain({name: found[name] for name in self.compared if name in found}) if isinstance(found, dict) else {}

    def typed(self) -> dict[str, Plain]:
        """Return what was typed."""
        return _plain({name: self.cleaned_data[name] for name in self.compared if name in self.cleaned_data})

    def merge_with(self, current: models.Model) -> Merge:
        """Merge what was typed with what the row says now."""
        return merge_fields(self.base(), self.typed(), plain_values(current, self.compared))

    def sent_again(self, current: models.Model, merge: Merge) -> QueryDict:
        """Return what the browser would send for the merged values, begun from the row as it is now."""
        typed, theirs = self.typed(), plain_values(current, self.compared)
        data = QueryDict(mutable=True)
        data.update(self.data)
        value: Any
        for name, value in merge.values.items():
            if value != typed.get(name):
                data.setlist(name, self.sent(name, value))
        data["version"], data["started_from"] = str(current.version), json.dumps(theirs)  # type: ignore[attr-defined]
        return data

    def take_in(self, current: models.Model) -> bool:
        """Take in what somebody else saved meanwhile, beside what was typed.

        False where both changed the same words, and when the browser did not say what it started from; then the form
        stays as it is.
        """
        merge = self.merge_with(current)
        if not merge.is_clean or not self.base():
            return False
        self.data = self.sent_again(current, merge)
        self.full_clean()
        self.is_merged = True
        return True

    def as_written(self, row: models.Model) -> None:
        """Bind the form to the words of `row` itself, as if somebody had typed them, begun from nothing."""
        data = QueryDict(mutable=True)
        for name, value in plain_values(row, self.compared).items():
            data.setlist(name, self.sent(name, value))
        self.data, self.is_bound = data, True
        self.full_clean()

    def sent(self, name: str, value: Plain) -> list[str]:
        """Return a compared value of a field as the browser sends it: numbers as the reader writes them."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return ["on"] if value == str(True) else []
        if isinstance(value, tuple):
            return list(value)
        return [str(field.prepare_value(_number(value))) if isinstance(field, NumberField) else value]


def attempt_edit(form: VersionedForm, act: Callable[[], Result]) -> Result | None:
    """Run an edit for a bound form, as `attempt` does. `act` reads version and values from the form.

    When somebody else was faster and changed other words, both changes are kept; `Stale` goes on to the caller only where
    both changed the same.
    """
    for _again in range(_TRIES):
        try:
            return attempt(form, act)
        except Stale as error:
            if error.code != Stale.code or not form.take_in(error.current):
                raise
    return attempt(form, act)


def outcome_of(form: forms.Form, act: Callable[[], object]) -> int:
    """Run a change for a bound form as `attempt` does, and return the status to answer with: 302 when it is done, 422.

    409 when somebody was faster: that is said above the form, which then goes on from the row as it is now.
    """
    try:
        return 422 if attempt(form, act) is None else 302
    except Stale as error:
        _say_stale(form, error)
        return 409


def _say_stale(form: forms.Form, error: Stale) -> None:
    """Say above a form that its row was changed meanwhile. Sent once more, it goes on from the row as it is now."""
    add_faults(form, error)
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["version"] = str(error.current.version)
    form.data = data


def saved_words(form: VersionedForm) -> str:
    """Return what to say after the form was saved for everybody."""
    if form.is_merged:
        return _("Saved. Somebody else changed other words meanwhile; both changes are kept.")
    return _("Saved.")


def plain_values(row: models.Model, names: tuple[str, ...]) -> dict[str, Plain]:
    """Return fields of a row as they are compared."""
    return _plain({name: _value(row, name) for name in names})


def _value(row: models.Model, name: str) -> Any:
    """Read a field: a key to another row by its id, `custom.<key>` from the custom fields."""
    if name.startswith(CUSTOM):
        return row.custom.get(name.removeprefix(CUSTOM))  # type: ignore[attr-defined]
    return getattr(row, f"{name}_id" if isinstance(row._meta.get_field(name), models.ForeignKey) else name)


def _plain(values: Mapping[str, Any]) -> dict[str, Plain]:
    return {name: _compared(value) for name, value in values.items()}


def _number(value: str) -> Decimal | str:
    """Return the number a compared value stands for; a text that is none, or a senselessly long one, as it is."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return number if number.is_finite() and abs(number.adjusted()) < _DIGITS else value


def _compared(value: Any) -> Plain:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return str(value)
