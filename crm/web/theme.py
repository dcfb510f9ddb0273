"""How somebody wants pages to look. Cookies of ours say it, so that the server sends the right page and nothing flashes."""

from typing import Literal

from django.http import HttpRequest

THEME, DENSITY = "theme", "density"

Theme = Literal["", "light", "dark"]
Density = Literal["", "compact"]


def chosen_theme(request: HttpRequest) -> Theme:
    """Light or dark, if chosen on this device (`theme.js` writes the cookie); "" follows the system."""
    chosen = request.COOKIES.get(THEME)
    if chosen == "light":
        return "light"
    return "dark" if chosen == "dark" else ""


def chosen_density(request: HttpRequest) -> Density:
    """Compact, if chosen on this device (`theme.js` writes the cookie), for boards and tables; "" is the usual air."""
    return "compact" if request.COOKIES.get(DENSITY) == "compact" else ""
