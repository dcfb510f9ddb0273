"""Every address, as Django resolves it, and the table in `routes.txt` that says who may use it.

One line for each route: its name (or its pattern, where it has none) and who gets past the door, by kind of person:
`anonymous` (everybody), `participant` (buyers and partners, with a room session), `staff` (people with an account), `key` (REST keys).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("routes.txt")
KINDS = frozenset({"anonymous", "participant", "staff", "key"})
# Packages that guard their own pages: their routes are listed by prefix.
PACKAGES = ("admin", "allauth", "drf_spectacular")


@dataclass(frozen=True)
class Route:
    """One address: its full pattern, its full name ("" for none) and the top package of its view."""

    pattern: str
    name: str
    app: str

    @property
    def key(self) -> str:
        """What the table calls it."""
        return self.name or self.pattern


def all_routes() -> list[Route]:
    """Give every route of the project."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        full = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, full, inner)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", getattr(entry.callback, "cls", entry.callback))
            app = _owner(view, full, namespace)
            yield Route(full, f"{namespace}{entry.name}" if entry.name else "", app)


def _owner(view: Any, pattern: str, namespace: str) -> str:
    """Give the top package of a view; admin and allauth also use views that stand in Django."""
    if namespace == "admin:" or pattern.startswith("admin/"):
        return "admin"
    if pattern == "":  # the bare address only leads to the first page
        return "crm"
    top = str(view.__module__).split(".")[0]
    return "allauth" if top == "django" and pattern.startswith("accounts/") else top


def table() -> dict[str, frozenset[str]]:
    """Read the table: route → kinds of people. Raises ValueError for a line that is not understood."""
    found: dict[str, frozenset[str]] = {}
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        key, kinds = words[0], frozenset(words[1:])
        if not kinds or not kinds <= KINDS or key in found:
            raise ValueError(f"{TABLE.name}:{number} is not understood, or says a route twice: {line}")
        found[key] = kinds
    return found
