"""The room's two cookies: the session of a person, and the secret a browser is known by before anybody has come in."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.actions.sign_in import SESSION_LASTS
from crm.secrets import new_token

SEEN_EVERY = timedelta(minutes=5)
"""How often a session in use is written down as seen, at most."""


def address_of(request: HttpRequest) -> str | None:
    """Return the network address a request came from. Behind a proxy the server is told to trust, it is the person's."""
    return request.META.get("REMOTE_ADDR") or None


def agent_of(request: HttpRequest) -> str:
    """Return what the browser calls itself, in printable characters, at most 400 of them."""
    return "".join(sign for sign in request.headers.get("User-Agent", "") if sign.isprintable())[:400]


def set_session(response: HttpResponse, token: str) -> None:
    """Keep the person signed in in this browser."""
    _set(response, settings.ROOM_COOKIE_NAME, token)


def end_session(response: HttpResponse) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(settings.ROOM_COOKIE_NAME, samesite="Lax")


def browser_token(request: HttpRequest) -> str:
    """Return the secret this browser is known by, a new one when it has none. Only a POST hands out new ones."""
    return request.COOKIES.get(settings.ROOM_BROWSER_COOKIE_NAME) or new_token()


def set_browser(response: HttpResponse, token: str) -> None:
    """Let the browser keep its secret."""
    _set(response, settings.ROOM_BROWSER_COOKIE_NAME, token)


def _set(response: HttpResponse, name: str, value: str) -> None:
    age = int(SESSION_LASTS.total_seconds())
    response.set_cookie(name, value, max_age=age, secure=settings.HTTPS, httponly=True, samesite="Lax", path="/")
