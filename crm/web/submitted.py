"""What a form says besides its fields: the version it was opened at, whether it was sent before; and what was typed."""

from uuid import UUID

from django.http import HttpRequest

from crm.errors import NotFound

TOKENS_KEPT = 50
"""How many tokens of forms a session remembers."""
_NOT_TYPED = {
    "csrfmiddlewaretoken",
    "shown_hash",
    "shown_for",
    "suggested",
    "started_from",
    "once",
    "credential",
    "code",
}
"""Fields that hold what a page put there, or a secret."""


def version_of(request: HttpRequest) -> int:
    """Return the version a button was drawn at; 0, which no row has, when the browser sent none."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def sent_before(request: HttpRequest) -> bool:
    """Return whether this very form was taken already: a second click, or the page sent again.

    A form that adds something carries a token (`once`), made when it was drawn.
    """
    token = once_of(request)
    return bool(token) and token in request.session.get("taken", [])


def remember_sent(request: HttpRequest) -> None:
    """Keep the token of a form that was taken; the session keeps the last few."""
    if token := once_of(request):
        request.session["taken"] = [*request.session.get("taken", [])[-TOKENS_KEPT:], token]


def once_of(request: HttpRequest) -> str:
    """Return the token of the form that was sent, "" for a form without one."""
    return request.POST.get("once", "").replace("\0", "")[:64]


def parse_id(value: str) -> UUID:
    """Read an id that came in a field. Raises `NotFound` for anything else."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def id_or_none(value: str) -> UUID | None:
    """Read an id that may be missing, or may be none."""
    try:
        return UUID(value)
    except ValueError:
        return None


def draft_of(request: HttpRequest) -> UUID | None:
    """Return the draft whose words a form brings into the shared row, None for none."""
    return id_or_none(request.POST.get("draft", ""))


def typed_words(request: HttpRequest) -> list[str]:
    """Return the words that a form brought, for a page that gives them back to whoever sent them.

    Ids, numbers and choices are one run of ASCII; words have a space in them, or letters of a script that needs none.
    """
    typed = (name for name in request.POST if name not in _NOT_TYPED and "password" not in name)
    texts = (text.strip() for name in typed for text in map(str, request.POST.getlist(name)))
    return [text for text in texts if not text.isascii() or len(text.split()) > 1]
