"""The pages for what could not be done or shown, and the one place where refusals of actions become pages.

Calm words: what happened, what is safe, a way on. The URL configuration names the handlers.
"""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from crm.errors import DomainError, TooOften, Words
from crm.web.submitted import typed_words
from crm.web.theme import chosen_theme

ROOM = "/room/"
API = "/api/"
HEADINGS: dict[int, Words] = {
    400: _("That could not be taken"),
    403: _("This is not yours to do"),
    404: _("There is nothing here for you"),
    405: _("This address only takes what a form sends"),
    409: _("This cannot be done now"),
    429: _("A short pause, please"),
    503: _("A mail could not be sent"),
}


class DomainErrorMiddleware:
    """Turns a refusal that no view has dealt with into a page, or for a fragment into a message that stays.

    REST resources translate their own (`crm.api`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on. An address that only takes a form, opened by hand, gets a page with a way on."""
        response = self._get_response(request)
        if response.status_code != 405 or request.path.startswith(API) or request.method != "GET":
            return response
        page = _page(request, 405, HEADINGS[405], _("Go back to the page you came from. Nothing was changed."))
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a domain error; leave everything else to Django."""
        if not isinstance(exception, DomainError) or request.path.startswith(API):
            return None
        status = exception.status
        if request.headers.get("HX-Request") == "true":
            return fragment_refusal(exception, status)
        wrote = _unsaved(request) if status < 500 else []  # a mail that failed takes back nothing that was written
        if wrote and status == 404:
            return _gone_meanwhile(request, wrote)
        page = _page(request, status, HEADINGS[status], exception.message, faults=exception.faults, wrote=wrote)
        if isinstance(exception, TooOften):
            page["Retry-After"] = str(exception.retry_after)
        return page


def fragment_refusal(error: DomainError, status: int) -> HttpResponse:
    """For htmx: the page stays as it is, with all that was typed, and says why (`frame.js` shows "refused")."""
    words = " ".join(dict.fromkeys(str(said) for said in (error.message, *(fault.message for fault in error.faults))))
    return HttpResponse(status=status, headers={"HX-Reswap": "none", "HX-Trigger": json.dumps({"refused": words})})


def _page(request: HttpRequest, status: int, heading: Words, text: Words, **more: object) -> HttpResponse:
    in_room = request.path.startswith(ROOM)
    is_staff = not in_room and _is_signed_in(request)
    came_from = _came_from(request) if is_staff else ""
    context: dict[str, object] = {
        "heading": heading,
        "text": text,
        "way_on": ROOM if in_room else came_from or "/",
        "way_on_words": _("Go to your rooms") if in_room else _("Go back") if came_from else _("Go to the start page"),
        **more,
    }
    if in_room:
        context["messages"] = ()  # they lie in the staff session, which the room never reads
    template = "crm/error_in_frame.html" if is_staff else "crm/error.html"
    response = render(request, template, context, status=status)
    if context.get("wrote"):
        response["Cache-Control"] = "no-store"
    return response


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)  # not there when the request was refused before it was asked who sends it
    return user is not None and user.is_authenticated


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours on which somebody pressed what was refused, or "".

    A form says it itself (`next`), or else the browser does. Never the refused page itself.
    """
    wanted = request.POST.get("next", "") if request.method == "POST" else ""
    came_from = wanted or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    found = urlsplit(came_from)
    path = f"{found.path}?{found.query}" if found.query else found.path
    return path if found.path.startswith("/") and path != request.get_full_path() else ""


def _unsaved(request: HttpRequest) -> list[str]:
    """Return the words of a form that was refused. Not for addresses without a page: there nobody looked who sent it."""
    return typed_words(request) if request.method == "POST" and request.resolver_match else []


def _gone_meanwhile(request: HttpRequest, wrote: list[str]) -> HttpResponse:
    text = _("It was taken out while you were writing, or it is no longer shared with you.")
    return _page(request, 404, _("What you wrote about is no longer here"), text, wrote=wrote)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent could not be read."""
    return _page(request, 400, HEADINGS[400], _("What your browser sent was not complete. Nothing was changed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: seen, but not to be done by this person."""
    return _page(request, 403, HEADINGS[403], _("You may see it, but somebody else has to do it. Nothing was changed."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token: `CSRF_FAILURE_VIEW`."""
    heading = _("The page was open for too long")
    text = _("Nothing was saved. Go back, copy what you wrote, load the page again and send it once more.")
    return _page(request, 403, heading, text)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for this person to see; both look the same."""
    if wrote := _unsaved(request):
        return _gone_meanwhile(request, wrote)
    text = _("The address may be wrong, or what was here is not shared with you.")
    return _page(request, 404, HEADINGS[404], text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. Rendered without the request, so that nothing it needs can fail again."""
    context = {
        "heading": _("Something broke on our side"),
        "text": _("What was saved before is safe. What you sent last was not saved. Try again in a minute."),
        "way_on": "/",
        "way_on_words": _("Go to the start page"),
        "shell": {"organization_name": settings.ORGANIZATION_NAME, "theme": chosen_theme(request)},
    }
    return HttpResponse(render_to_string("crm/server_error.html", context), status=500)
