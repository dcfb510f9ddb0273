"""How every form is rendered, and fields that only read shapes: what is allowed is said once, by the action.

`FORM_RENDERER = "crm.web.forms.GroundRenderer"` in the settings makes `{{ form }}` and `{{ field.as_field_group }}`
give the design language's markup everywhere, in our own forms and in those of packages.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeVar

from babel.numbers import NumberFormatError, format_decimal, get_decimal_symbol, get_group_symbol, parse_decimal
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.checks import FIRST_DAY, LAST_DAY
from crm.errors import DomainError, Invalid, Refused
from crm.formats import babel_locale
from crm.rules.number import readings

Result = TypeVar("Result")


class GroundRenderer(TemplatesSetting):
    """Renders forms and fields with our templates, and widgets with Django's."""

    form_template_name = "crm/forms/form.html"
    field_template_name = "crm/forms/field.html"


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give a field of a form what can be chosen in it here and now."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def add_faults(form: forms.BaseForm, error: DomainError) -> None:
    """Show what an action refused: each fault at its field, the rest above the form, one line for what they are about."""
    together: dict[str, list[str]] = {}
    for fault in error.faults:
        if fault.field not in form.fields and fault.about:
            together.setdefault(fault.about, []).append(str(fault.message).removeprefix(f"{fault.about}: "))
        else:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
    for about, said in together.items():
        form.add_error(None, f"{about}: {' · '.join(dict.fromkeys(said))}")
    if not error.faults:
        form.add_error(None, str(error.message))


def attempt(form: forms.BaseForm, act: Callable[[], Result]) -> Result | None:
    """Run an action for a bound form; None when the form or the action said no, with the faults in the form.

    `NotFound`, `NotAllowed` and `Stale` are not about the form and go on to the caller.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except (Invalid, Refused) as error:
        add_faults(form, error)
        return None


class _Unjudged:
    """A field that takes what came: the action judges it. `required` only decides whether "optional" is shown."""

    def validate(self, value: Any) -> None:
        """Judge nothing."""

    def run_validators(self, value: Any) -> None:
        """Judge nothing."""


class LineField(_Unjudged, forms.CharField):
    """One line of text."""


class WordsField(_Unjudged, forms.CharField):
    """Text over several lines, with line ends as they are stored. `words=True` sets it in the shared serif."""

    def __init__(self, *, words: bool = False, rows: int = 3, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows, "cols": False}))
        super().__init__(**options)
        if words:
            self.widget.attrs["class"] = "words"

    def to_python(self, value: Any) -> Any:
        """Take the line ends of browsers for what they are: nobody's change."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class NumberField(_Unjudged, forms.CharField):
    """A number with either decimal sign: "12.5" or "12,5", "1,860,000" or "1.860.000,50".

    What can be read in two ways is read as the page itself writes thousands ("1,250" in English), and else asked about
    ("1.250" in English). Gives a `Decimal`, None when empty, or the text as it came when it is not a number. A plain text
    control, so that whatever was typed is still there.
    """

    default_error_messages: ClassVar = {
        "two_ways": _("“%(typed)s” can be read in two ways. Write %(more)s or %(less)s."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number as the reader writes numbers, so that it is read as the same; what was typed, as it was typed."""
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return self._unmistakable(value)
        return value

    def clean(self, value: Any) -> Decimal | str | None:
        """The number, the text that is none, or None."""
        text = super().to_python(value)
        return self._read(text) if text else None

    def _read(self, text: str) -> Decimal | str:
        found, locale = readings(text), babel_locale()
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        if not found:
            return self._as_babel_reads(text, locale)
        if get_group_symbol(locale) in text:
            return found[get_decimal_symbol(locale)]
        less, more = sorted(found.values(), key=abs)
        ways = {"more": f"{more:f}", "less": self._unmistakable(less)}
        raise forms.ValidationError(self.error_messages["two_ways"], code="two_ways", params={"typed": text, **ways})

    @staticmethod
    def _as_babel_reads(text: str, locale: str) -> Decimal | str:
        """Read what else a language knows, such as the groups of two of India."""
        try:
            number = parse_decimal(text, locale=locale, strict=True)
        except NumberFormatError:
            return text
        return number if number.is_finite() else text

    @staticmethod
    def _unmistakable(value: Decimal | int) -> str:
        """Write a number as this page does; three decimals get a fourth, since "3.125" is three thousand to others."""
        locale = babel_locale()
        text = str(format_decimal(value, locale=locale, decimal_quantization=False))
        is_mistakable = len(set(readings(text).values())) > 1 and get_decimal_symbol(locale) in text
        return f"{text}0" if is_mistakable else text


_READ: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime-local": datetime.fromisoformat,
}


class TimeInput(forms.TextInput):
    """The browser's own control for a day, a time of day, or both. It would empty what is none, so that stays as text."""

    def __init__(self, control: Literal["date", "time", "datetime-local"]) -> None:
        super().__init__(attrs={"type": control})
        self.control = control

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return Django's context, with a plain control for what the browser's cannot show."""
        context = super().get_context(name, value, attrs)
        if value and not self._can_show(str(value)):
            context["widget"]["type"] = "text"
        return context

    def _can_show(self, value: str) -> bool:
        try:
            _READ[self.control](value)
        except ValueError:
            return False
        return True


class DayField(_Unjudged, forms.CharField):
    """A date, entered with the browser's own control. Gives ISO text, None when empty."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", TimeInput("date"))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """The form that the browser's control takes."""
        return value.isoformat() if isinstance(value, date) else value

    def clean(self, value: Any) -> str | None:
        """The text as it came, None when empty."""
        return super().to_python(value) or None


class MomentField(forms.CharField):
    """A day and a time in the writer's own zone, from the browser's control.

    Gives an aware datetime, None when empty, or the text as it came when it is no moment.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", TimeInput("datetime-local"))
        super().__init__(**options)

    def clean(self, value: Any) -> datetime | str | None:
        """Read the moment."""
        text = super().to_python(value) or ""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text or None
        near = FIRST_DAY <= moment.date() <= LAST_DAY  # what is further away may be no moment in the writer's zone
        return moment if moment.tzinfo else timezone.make_aware(moment, None if near else UTC)


class MustPickField(forms.ChoiceField):
    """One of those offered, without which nothing can be done; said in the words the actions use."""

    default_error_messages: ClassVar = {"required": _("Choose one.")}


class PickField(forms.ChoiceField):
    """One of those offered. Whether one must be chosen is the action's to say, together with all else it says."""

    def validate(self, value: Any) -> None:
        """Judge only what was chosen."""
        if value:
            super().validate(value)


class PicksField(forms.MultipleChoiceField):
    """Some of those offered; none may be the action's to refuse."""

    def validate(self, value: Any) -> None:
        """Judge only what was chosen."""
        if value:
            super().validate(value)


class ChoiceCards(forms.RadioSelect):
    """One of a few, as cards of one size and weight.

    `notes` gives a second line for a value; `columns` is "", "two", "three" or "four".
    """

    def __init__(self, *, columns: str = "", notes: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns
        self.notes = notes or {}


class CheckCards(forms.CheckboxSelectMultiple):
    """Any of several, as cards like those of `ChoiceCards`."""

    def __init__(self, *, columns: str = "", notes: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns
        self.notes = notes or {}


class Switch(forms.CheckboxInput):
    """A yes-or-no that takes effect when the form is saved, drawn as a switch."""

    is_switch = True
