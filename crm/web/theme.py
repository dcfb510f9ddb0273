"""The theme somebody chose. A cookie of ours says it, so that the server sends the right one and nothing flashes."""

from typing import Literal

from django.http import HttpRequest

COOKIE = "theme"

Theme = Literal["", "light", "dark"]


def chosen_theme(request: HttpRequest) -> Theme:
    """ "light" or "dark" when chosen on this device (`theme.js` writes the cookie), otherwise "": as the system says."""
    chosen = request.COOKIES.get(COOKIE)
    if chosen == "light":
        return "light"
    return "dark" if chosen == "dark" else ""
