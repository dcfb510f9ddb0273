"""The pages for what could not be shown: calm words, what is safe, and a way on. The URL configuration names them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROOM = "/room/"


def _page(request: HttpRequest, status: int, heading: str | Promise, text: str | Promise) -> HttpResponse:
    in_room = request.path.startswith(ROOM)
    context = {
        "heading": heading,
        "text": text,
        "way_on": ROOM if in_room else "/",
        "way_on_words": _("Go to your rooms") if in_room else _("Go to the start page"),
    }
    return render(request, "crm/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent could not be read."""
    return _page(
        request, 400, _("That could not be read"), _("What your browser sent was not complete. Nothing was changed.")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: seen, but not to be done by this person."""
    return _page(
        request,
        403,
        _("This is not yours to do"),
        _("You may see this, but somebody else has to do it. Nothing was changed."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token: `CSRF_FAILURE_VIEW`."""
    return _page(
        request,
        403,
        _("The page was open for too long"),
        _("Nothing was saved. Go back, copy what you wrote, load the page again and send it once more."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not for this person to see; both look the same."""
    return _page(
        request,
        404,
        _("There is nothing here for you"),
        _("The address may be wrong, or what was here is not shared with you."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. Rendered without the request, so that nothing it needs can fail again."""
    context = {
        "heading": _("Something broke on our side"),
        "text": _("What was saved before is safe. What you sent last was not saved. Try again in a minute."),
        "way_on": "/",
        "way_on_words": _("Go to the start page"),
        "shell": {"organization_name": settings.ORGANIZATION_NAME},
    }
    return HttpResponse(render_to_string("crm/error.html", context), status=500)
