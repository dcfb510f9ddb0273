"""Forms that change a row which somebody else may be changing too.

They carry the version they were opened at and the words they started from, so that a second writer sees both.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.db import models

CUSTOM = "custom."
"""What the name of a custom field in a form begins with; its key follows, as the action names it in a fault."""


class VersionedForm(forms.Form):
    """A form about a row: `merged` names the fields that are compared when two people wrote at once."""

    merged: tuple[str, ...] = ()

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

    def base(self) -> dict[str, Any]:
        """Return the words the writer started from, as plain texts; empty when the browser sent none."""
        try:
            found = json.loads(self.data.get("started_from", "") or "{}")
        except (ValueError, RecursionError):
            return {}
        return {name: str(found[name]) for name in self.merged if name in found} if isinstance(found, Mapping) else {}

    def typed(self) -> dict[str, str]:
        """Return what was typed, as plain texts."""
        return _plain({name: self.cleaned_data[name] for name in self.merged if name in self.cleaned_data})


def plain_values(row: models.Model, names: tuple[str, ...]) -> dict[str, str]:
    """Return fields of a row as the plain texts that a form carries."""
    return _plain({name: _value(row, name) for name in names})


def _value(row: models.Model, name: str) -> Any:
    """Read a field: a key to another row by its id, `custom.<key>` from the custom fields."""
    if name.startswith(CUSTOM):
        return row.custom.get(name.removeprefix(CUSTOM))  # type: ignore[attr-defined]
    return getattr(row, f"{name}_id" if isinstance(row._meta.get_field(name), models.ForeignKey) else name)


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
