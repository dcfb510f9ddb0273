"""How every form is rendered, and the fields that say no to what the database cannot hold.

`FORM_RENDERER = "crm.web.forms.GroundRenderer"` in the settings makes `{{ form }}` and `{{ field.as_field_group }}`
give the design language's markup everywhere, in our own forms and in those of packages.
"""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from crm.formats import babel_locale

MAX_NAME = 200
MAX_TEXT = 20_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class GroundRenderer(TemplatesSetting):
    """Renders forms and fields with our templates, and widgets with Django's."""

    form_template_name = "crm/forms/form.html"
    field_template_name = "crm/forms/field.html"


def refuse_control_characters(value: str) -> None:
    """Refuse what is not text: NUL and other control characters, halves of surrogate pairs. Line breaks are fine."""
    if _CONTROL.search(value):
        raise ValidationError(_("This holds characters that are not text. Type it again, or paste it as plain text."))


class NameField(forms.CharField):
    """One line, at most 200 characters."""

    default_validators = [refuse_control_characters]

    def __init__(self, *, max_length: int = MAX_NAME, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


class WordsField(forms.CharField):
    """Text over several lines, at most 20,000 characters. `words=True` sets it in the shared serif."""

    default_validators = [refuse_control_characters]

    def __init__(self, *, max_length: int = MAX_TEXT, words: bool = False, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(max_length=max_length, **options)
        if words:
            self.widget.attrs["class"] = "words"


class NumberField(forms.DecimalField):
    """A decimal number, typed as people write it in their language: "1,860,000" or "1.860.000,50".

    A plain text control, so that whatever was typed is still there when it was not a number.
    """

    def __init__(self, *, max_digits: int = 18, decimal_places: int = 4, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)

    def to_python(self, value: Any) -> Decimal | None:
        """The number that was meant, or a fault in words."""
        if isinstance(value, str) and value.strip():
            try:
                value = parse_decimal(value.strip(), locale=babel_locale(), strict=True)
            except NumberFormatError:
                raise ValidationError(_("This needs a number, for example 431."), code="invalid") from None
        return super().to_python(value)


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date, entered with the browser's own control."""

    widget = DayInput


class ChoiceCards(forms.RadioSelect):
    """One of a few, as cards of one size and weight.

    `notes` gives a second line for a value; `columns` is "", "two", "three" or "four".
    """

    def __init__(self, *, columns: str = "", notes: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns
        self.notes = notes or {}


class Switch(forms.CheckboxInput):
    """A yes-or-no that takes effect when the form is saved, drawn as a switch."""

    is_switch = True
