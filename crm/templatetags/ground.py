"""The tags of the design language: icons, the agreement glyph, avatars, and what is formatted for a reader."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField, BoundWidget
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from crm import formats
from crm.browser import browser_words
from crm.clock import now

register = template.Library()

GLYPHS = {
    "none": gettext_lazy("Not asked yet"),
    "seller": gettext_lazy("The seller said yes, waiting for the buyer"),
    "buyer": gettext_lazy("The buyer said yes, waiting for the seller"),
    "change": gettext_lazy("The buyer would change something"),
    "both": gettext_lazy("Agreed by both sides"),
    "stale": gettext_lazy("Agreed, but out of date"),
    "declined": gettext_lazy("Declined by the buyer"),
    "declined-seller": gettext_lazy("Declined by the seller"),
}
SIDES = ("seller", "buyer", "partner")
SIZES = ("", "small", "large")
MODULES = (
    "announce",
    "beside",
    "connection",
    "copy",
    "drafts",
    "forms",
    "frame",
    "held",
    "live",
    "mentions",
    "palette",
    "passkey",
    "refresh",
    "regions",
    "shortcuts",
    "stream",
    "theme",
    "writing",
)
"""Modules that a page's own script can import as "ground/NAME"."""


@lru_cache(maxsize=8)
def _sprite(static_url: str, backend: str) -> str:
    return static("crm/icons.svg")


def _symbol(name: str) -> str:
    return _sprite(settings.STATIC_URL, settings.STORAGES["staticfiles"]["BACKEND"]) + "#" + name


def _one_of(value: str, allowed: Any, what: str) -> str:
    if value not in allowed:
        raise template.TemplateSyntaxError(f"unknown {what}: {value!r}")
    return value


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """`{% icon "door" %}`, `{% icon "check" "small" %}`: decoration next to words, hidden from screen readers."""
    classes = f"icon {_one_of(size, SIZES, 'size')}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, _symbol(f"i-{name}"))


@register.simple_tag
def glyph(state: str, size: str = "", label: str | None = None) -> SafeString:
    """The agreement glyph: `{% glyph "both" %}` beside words, `{% glyph "both" label="Agreed by Ingrid" %}` alone.

    Without `label` it is hidden from screen readers, because visible words say the same. `label=""` gives the state's
    own words.
    """
    classes = f"glyph {_one_of(size, SIZES, 'size')}".strip()
    symbol = _symbol("g-" + _one_of(state, GLYPHS, "glyph"))
    if label is None:
        return format_html(
            '<svg class="{}" viewBox="0 0 28 16" aria-hidden="true"><use href="{}"/></svg>', classes, symbol
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 28 16" role="img" aria-label="{}"><use href="{}"/></svg>',
        classes,
        label or GLYPHS[state],
        symbol,
    )


@register.simple_tag
def avatar(name: str, side: str = "", size: str = "") -> SafeString:
    """`{% avatar "Maya Okafor" "seller" %}`: initials; round seller, squared buyer, partner a drop."""
    classes = " ".join(filter(None, ("avatar", side and _one_of(side, SIDES, "side"), _one_of(size, SIZES, "size"))))
    return format_html(
        '<span class="{}" aria-hidden="true" title="{}">{}</span>', classes, name, formats.initials(str(name))
    )


@register.simple_tag(takes_context=True)
def import_map(context: template.Context) -> SafeString:
    """The import map of the page, under the nonce of its content security policy."""
    imports = {f"ground/{name}": static(f"crm/js/{name}.js") for name in MODULES}
    script = json_script({"imports": imports})
    nonce = getattr(context.get("request"), "csp_nonce", None)  # lazy, and false until it has been read
    given = "" if nonce is None else format_html(' nonce="{}"', str(nonce))
    opening = format_html('<script type="importmap"{}>', given)
    return mark_safe(script.replace('<script type="application/json">', opening, 1))  # noqa: S308 - made by json_script


@register.filter
def first_name(name: str) -> str:
    """What somebody is called in short."""
    return formats.first_name(str(name))


@register.filter
def browser(agent: str) -> str:
    """Browser and system of a user-agent string, in words."""
    return browser_words(agent)


@register.filter
def is_quoted(words: str) -> bool:
    """`{% if row.text|is_quoted %}`: whether somebody typed quotation marks around their words themselves."""
    return str(words).strip()[:1] in tuple('“”"„«»‘‚')


@register.filter
def quoted(words: str) -> str:
    """`{{ consent.note|quoted }}`: words in quotation marks, in one pair of them."""
    return str(words) if is_quoted(words) else f"“{words}”"


@register.filter
def money(amount: formats.Number | None, currency: str) -> str:
    """`{{ deal.amount|money:deal.currency }}`: "$1,860,000"; nothing for no amount."""
    return "" if amount is None or amount == "" else formats.money(amount, currency, formats.babel_locale())


@register.filter
def money_short(amount: formats.Number | None, currency: str) -> str:
    """`{{ deal.amount|money_short:deal.currency }}`: "$1.86M", for cards; nothing for no amount."""
    return "" if amount is None or amount == "" else formats.money_short(amount, currency, formats.babel_locale())


@register.filter
def number(value: formats.Number | None, unit: str = "") -> str:
    """`{{ goal.target|number:goal.unit }}`: "97.5%", "46 hours", "$431,000,000"; nothing for no value."""
    return "" if value is None or value == "" else formats.number(value, formats.babel_locale(), unit)


def _date(value: date) -> date:
    """The date of a date or, in the viewer's zone, of an instant."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | None) -> str:
    """`{{ milestone.due_on|day }}`: "14 April", with the year when it is another one."""
    return formats.day(_date(value), timezone.localdate(now()), formats.babel_locale()) if value else ""


@register.filter
def day_short(value: date | None) -> str:
    """`{{ deal.close_on|day_short }}`: "14 Apr" for cards and narrow columns, with the year when it is needed."""
    return formats.day_short(_date(value), timezone.localdate(now()), formats.babel_locale()) if value else ""


@register.filter
def when(value: datetime | None) -> str:
    """`{{ consent.answered_at|when }}`: "yesterday, 17:12" or "9 April, 11:02", in the viewer's zone."""
    return formats.when(value, now(), timezone.get_current_timezone(), formats.babel_locale()) if value else ""


@register.filter
def clock(value: datetime) -> str:
    """`{{ meeting.at|clock }}`: "14:00", in the viewer's zone."""
    return formats.clock(value, timezone.get_current_timezone(), formats.babel_locale())


@register.filter
def at(rows: Mapping[Any, Any], key: Any) -> Any:
    """`{{ places|at:room_id }}`: what stands under a key, None where nothing does."""
    return rows.get(key)


@register.filter
def since(value: date | None) -> str:
    """`{{ asked_at|since }}`: "since yesterday", "5 days"."""
    return formats.since(_date(value), timezone.localdate(now())) if value else ""


@register.filter
def iso(value: date | None) -> str:
    """The machine-readable form for `<time datetime="…">`."""
    return value.isoformat() if value else ""


CONTROL_CLASSES = {"input": "input", "select": "select", "textarea": "textarea", "check": "", "switch": "switch"}


@register.filter
def control_kind(field: BoundField) -> str:
    """What a field is drawn as: input, select, textarea, check, switch, choices (cards), checks, group."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "switch" if getattr(widget, "is_switch", False) else "check"
    if hasattr(widget, "columns"):
        return "choices"
    for kind, widgets in (
        ("checks", forms.CheckboxSelectMultiple),
        ("choices", forms.RadioSelect),
        ("select", forms.Select),
        ("textarea", forms.Textarea),
        ("group", forms.MultiWidget),
    ):
        if isinstance(widget, widgets):
            return kind
    return "input"


@register.simple_tag
def control(field: BoundField, **attributes: str) -> SafeString:
    """`{% control field %}`: the control alone, with its class, its hint and its fault tied to it."""
    own = field.field.widget.attrs.get("class", "")
    classes = f"{CONTROL_CLASSES.get(control_kind(field), '')} {own} {attributes.pop('class', '')}".split()
    attrs: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attributes.items()}
    return field.as_widget(attrs=attrs | ({"class": " ".join(classes)} if classes else {}))


@register.filter
def choice_note(field: BoundField, option: BoundWidget) -> str:
    """The second line of a choice card, if its widget has one for this value."""
    notes = getattr(field.field.widget, "notes", {})
    return str(notes.get(str(option.data["value"]), ""))
