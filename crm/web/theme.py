"""The theme somebody chose. A cookie of ours says it, so that the server sends the right one and nothing flashes."""

from typing import Literal

from django.http import HttpRequest

COOKIE = "theme"

Theme = Literal["", "light", "dark"]


def chosen_theme(request: HttpRequest) -> Theme:
    """Light or dark, if chosen on this device (`theme.js` writes the cookie); "" follows the system."""
    chosen = request.COOKIES.get(COOKIE)
    if chosen == "light":
        return "light"
    return "dark" if chosen == "dark" else ""
