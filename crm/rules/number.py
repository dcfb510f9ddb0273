"""Numbers as people type them: half of the world writes 12.5 and 1,250, the other half 12,5 and 1.250."""

import re
from decimal import Decimal

_SPACES = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}]"


def _way(decimal_sign: str, group_sign: str) -> re.Pattern[str]:
    groups = rf"[1-9]\d{{0,2}}(?:(?P<group>{re.escape(group_sign)}|{_SPACES})\d{{3}})(?:(?P=group)\d{{3}})*"
    return re.compile(
        rf"(?P<sign>[-+\N{{MINUS SIGN}}]?)(?P<whole>{groups}|\d*)(?:{re.escape(decimal_sign)}(?P<part>\d+))?"
    )


_WAYS = {".": _way(".", ","), ",": _way(",", ".")}


def readings(text: str) -> dict[str, Decimal]:
    """Return what a text means to those who write decimals with "." and to those who write them with ",".

    Empty for what is no number to anybody. "12,5" and "1.860.000,50" mean one thing to all who can read them; "1,250" means
    two: the caller decides, or asks.
    """
    found = {sign: _read(way, text.strip()) for sign, way in _WAYS.items()}
    return {sign: number for sign, number in found.items() if number is not None}


def _read(way: re.Pattern[str], text: str) -> Decimal | None:
    match = way.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        return None
    whole = "".join(figure for figure in match["whole"] if figure.isdecimal())
    minus = "" if match["sign"] in ("", "+") else "-"
    return Decimal(f"{minus}{whole or 0}.{match['part'] or 0}") if match["part"] else Decimal(f"{minus}{whole}")
