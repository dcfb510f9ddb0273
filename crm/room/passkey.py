"""Passkeys in the room: coming in with one, adding one, taking one away."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.passkey import add_passkey, begin_adding, begin_entering, enter_with_passkey, remove_passkey
from crm.errors import NotAllowed, Refused
from crm.room import cookies
from crm.room.actor import participant, session_token
from crm.room.door import asking_browser, next_page, show_door
from crm.room.forms import PasskeyForm
from crm.room.frame import show
from crm.web.forms import attempt


@never_cache
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """What the browser's passkey signs to come in."""
    asking = asking_browser(request)
    try:
        options = begin_entering(browser=asking)
    except Refused as error:
        return JsonResponse({"detail": str(error.message)}, status=429)
    response = JsonResponse(options)
    cookies.set_browser(response, asking.token)
    return response


@never_cache
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Come in: the browser sends what its passkey signed."""
    try:
        _session, token = enter_with_passkey(
            browser=asking_browser(request), response=_sent(request), old_session=session_token(request)
        )
    except Refused as error:
        return show_door(request, refused=error)
    rotate_token(request)
    response = HttpResponseRedirect(next_page(request) or reverse("room:home"))
    cookies.set_session(response, token)
    return response


@never_cache
@require_POST
def add_challenge(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What the browser makes a passkey from."""
    asking = asking_browser(request)
    try:
        options = begin_adding(actor=participant(request, room_id), browser=asking)
    except (NotAllowed, Refused) as error:
        return JsonResponse({"detail": str(error.message)}, status=409)
    response = JsonResponse(options)
    cookies.set_browser(response, asking.token)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Add a passkey on this device."""
    actor = participant(request, room_id)
    form = PasskeyForm(request.POST or None)
    if request.method == "POST":
        try:
            added = attempt(
                form,
                lambda: add_passkey(
                    actor=actor,
                    browser=asking_browser(request),
                    response=_sent(request),
                    name=form.cleaned_data["name"],
                ),
            )
        except NotAllowed as error:
            if error.code != "fresh_code_needed":
                raise
            return redirect(f"{reverse('room:fresh_code')}?next={request.path}")
        if added is not None:
            return redirect(f"{reverse('room:kept', args=[room_id])}?said=passkey-added#sessions")
    return show(request, actor, "room/passkey.html", {"passkey": form}, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, room_id: UUID, passkey_id: UUID) -> HttpResponse:
    """Take one of one's own passkeys away."""
    remove_passkey(actor=participant(request, room_id), passkey_id=passkey_id)
    return redirect(f"{reverse('room:kept', args=[room_id])}?said=passkey-removed#sessions")


def _sent(request: HttpRequest) -> Any:
    """Return what the browser's passkey answered; something that is no answer when it cannot be read."""
    try:
        return json.loads(request.POST.get("credential", ""))
    except (ValueError, RecursionError):
        return {}
