"""Keyboard shortcuts: one table of all there are. A shortcut works where its control is on the page, and is listed there.

A control says which key presses it: `data-shortcut="n"`. Single keys can be switched off; a cookie of ours says so, as with
the theme, and keys that somebody presses while typing are text (`shortcuts.js`).
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COOKIE = "keys"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` as people read them, what they do, and the selector of what must be on the page for it ("": nothing)."""

    keys: tuple[str, ...]
    words: str | Promise
    needs: str = ""


def _control(key: str) -> str:
    return f'[data-shortcut="{key}"]'


ROWS = "[data-rows] a[href]"
"""A list whose rows the keys walk along."""

SHORTCUTS = (
    Shortcut(("Ctrl K",), _("Search and commands")),
    Shortcut(("?",), _("All shortcuts")),
    Shortcut(("G", "D"), _("My day"), _control("g d")),
    Shortcut(("G", "B"), _("Deals"), _control("g b")),
    Shortcut(("G", "H"), _("Handoffs"), _control("g h")),
    Shortcut(("G", "S"), _("Success"), _control("g s")),
    Shortcut(("N",), _("Write a note"), _control("n")),
    Shortcut(("T",), _("Write down a task"), _control("t")),
    Shortcut(("A",), _("Ask for a yes"), _control("a")),
    Shortcut(("R",), _("The room"), _control("r")),
    Shortcut(("E",), _("Edit this section"), _control("e")),
    Shortcut(("J",), _("Next row"), ROWS),
    Shortcut(("K",), _("Previous row"), ROWS),
    Shortcut(("X",), _("Choose the row"), "[data-rows] input[type=checkbox]"),
    Shortcut(("/",), _("Filter the list"), _control("/")),
    Shortcut(("1 … 0",), _("Section of the deal"), _control("1")),
    Shortcut(("Esc",), _("Leave")),
    Shortcut(("Ctrl Enter",), _("Save"), "form[method=post] .button.primary"),
)


def single_keys(request: HttpRequest) -> bool:
    """Whether single keys do something on this device (`shortcuts.js` writes the cookie)."""
    return request.COOKIES.get(COOKIE) != "off"
