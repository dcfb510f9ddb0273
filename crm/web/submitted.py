"""What a form says besides its fields: the version it was opened at, and whether it was sent before."""

from uuid import UUID

from django.http import HttpRequest

from crm.errors import NotFound

_KEPT = 50


def version_of(request: HttpRequest) -> int:
    """Return the version a button was drawn at; 0, which no row has, when the browser sent none."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def sent_before(request: HttpRequest) -> bool:
    """Return whether this very form was taken already: a second click, or the page sent again.

    A form that adds something carries a token (`once`), made when it was drawn.
    """
    token = request.POST.get("once", "")
    return bool(token) and token in request.session.get("taken", [])


def remember_sent(request: HttpRequest) -> None:
    """Keep the token of a form that was taken; the session keeps the last few."""
    if token := request.POST.get("once", "")[:64]:
        request.session["taken"] = [*request.session.get("taken", [])[-_KEPT:], token]


def parse_id(value: str) -> UUID:
    """Read an id that came in a field. Raises `NotFound` for anything else."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def draft_of(request: HttpRequest) -> UUID | None:
    """Return the draft whose words a form brings into the shared row, None for none."""
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return None
