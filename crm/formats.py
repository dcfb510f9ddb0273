"""Money, numbers, dates and names as people read them. Pure: everything comes in as an argument.

`locale` is a Babel identifier ("en", "de", "pt_BR"). Plain "en" is the product's own English: day before
month, 24 hours, and "k" for thousands, as the design language asks; other locales follow CLDR.
"""

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TypeAlias

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import (
    format_compact_currency,
    format_currency,
    format_decimal,
    format_percent,
    is_currency,
)
from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, override, to_locale

Number: TypeAlias = Decimal | int | float

HALF_A_YEAR = 182
"""Days within which a day and a month alone say which year is meant."""
NO_BREAK = "\N{NO-BREAK SPACE}"


def babel_locale() -> str:
    """The active language as a Babel identifier; English if Babel does not know it."""
    try:
        return str(Locale.parse(to_locale(get_language() or "en")))
    except (UnknownLocaleError, ValueError):
        return "en"


def erased_name() -> str:
    """Return what an erased person is called, in the installation's language: it is written into the row."""
    with override(settings.LANGUAGE_CODE):
        return gettext("A person whose data were erased")


def first_name(name: str) -> str:
    """Return the first word of a name, and the whole of what an erased person is called."""
    return name if name == erased_name() else name.split(" ")[0]


def _english(locale: str) -> bool:
    return locale == "en"


def money(amount: Number, currency: str, locale: str) -> str:
    """An amount in full, for sentences: "$1,860,000"; minor units only if there are any: "$12.50"."""
    amount = _decimal(amount)
    if amount != amount.to_integral_value():
        return _apart(format_currency(amount, currency, locale=locale))
    pattern = re.sub(r"\.0+", "", Locale.parse(locale).currency_formats["standard"].pattern)
    return _apart(format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False))


def money_short(amount: Number, currency: str, locale: str) -> str:
    """An amount for a card: "$1.86M", "$540k", "$416.6M"; below ten thousand in full, without minor units."""
    amount = _decimal(amount)
    size = abs(amount)
    if size < 10_000:
        return money(amount.quantize(Decimal(1)), currency, locale)
    digits = 0 if size < 1_000_000 else 2 if size < 10_000_000 else 1
    text = _apart(format_compact_currency(amount, currency, locale=locale, fraction_digits=digits))
    return re.sub(r"(?<=\d)K", "k", text) if _english(locale) else text


def _apart(text: str) -> str:
    """Keep a currency that is written in letters apart from its figures: "NOK 1,200", as "$1,200" needs no room."""
    return re.sub(r"(?<=[^\W\d_])(?=\d)", NO_BREAK, text)


def number(value: Number, locale: str, unit: str = "") -> str:
    """A number with its unit: "431", "97.5%", "46 hours"; a unit that is a currency code gives money."""
    value = _decimal(value)
    if unit == "%":
        return format_percent(value / 100, locale=locale, decimal_quantization=False)
    if len(unit) == 3 and unit.isupper() and is_currency(unit, locale="en"):
        return money(value, unit, locale)
    text = format_decimal(value, locale=locale, decimal_quantization=False)
    return f"{text}{NO_BREAK}{unit}" if unit else text


def day(value: date, today: date, locale: str) -> str:
    """A date: "14 April", with the year when it is not the present one."""
    same_year = value.year == today.year
    if _english(locale):
        return format_date(value, "d MMMM" if same_year else "d MMMM y", locale=locale)
    return format_skeleton("MMMMd", value, locale=locale) if same_year else format_date(value, "long", locale=locale)


def day_short(value: date, today: date, locale: str) -> str:
    """A date for a card: "14 Apr", with the year when it is needed to tell which: more than half a year away."""
    near = abs((value - today).days) <= HALF_A_YEAR
    if _english(locale):
        return format_date(value, "d MMM" if near else "d MMM y", locale=locale)
    return format_skeleton("MMMd" if near else "yMMMd", value, locale=locale)


def when(value: datetime, now: datetime, zone: tzinfo, locale: str) -> str:
    """An instant in somebody's zone: "today, 10:22", "yesterday, 17:12", "9 April, 11:02"."""
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    names = {today: gettext("today"), today - timedelta(days=1): gettext("yesterday")}
    shown = names.get(local.date()) or day(local.date(), today, locale)
    return gettext("%(day)s, %(time)s") % {"day": shown, "time": clock(value, zone, locale)}


def clock(value: datetime, zone: tzinfo, locale: str) -> str:
    """A time of day in somebody's zone: "10:22"."""
    return format_time(value.astimezone(zone), "HH:mm" if _english(locale) else "short", locale=locale)


def since(value: date, today: date) -> str:
    """How long something lasts, for lists: "since today", "since yesterday", "5 days"."""
    days = (today - value).days
    if days <= 0:
        return gettext("since today")
    if days == 1:
        return gettext("since yesterday")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word of a name; "?" for no name."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
