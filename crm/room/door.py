"""The way in: an invitation's page, the code, the door for those who come back, and the way out."""

from collections.abc import Callable
from email.utils import parseaddr
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.participant import renew_invitation
from crm.actions.sign_in import (
    Browser,
    enter_code,
    no_code,
    not_the_code,
    request_code_again,
    request_code_by_email,
    request_code_by_invitation,
    request_code_by_mark,
    request_fresh_code,
    sign_out,
    tries_left,
)
from crm.clock import now
from crm.errors import Invalid, Refused
from crm.models import AddressChange, Participant
from crm.queries.room_people import people_at_table
from crm.queries.sign_in import DoorState, find_session, get_door, grants_of, masked, newest_code, reader_of_mark
from crm.room import cookies
from crm.room.actor import AccessTakenBack, AddressNotConfirmed, NotSignedIn, browser, check_address, session_token
from crm.room.forms import CodeForm, EmailForm
from crm.web.forms import add_faults, attempt
from crm.web.submitted import typed_words
from crm.web.viewer import show_in

ROOM = "/room/"


class DoorMiddleware:
    """Leads whoever is not signed in to the door, and keeps what they were sending where they can copy it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; what the room shows is for this person now, so nothing keeps a copy of it."""
        response = self._get_response(request)
        if request.path.startswith(ROOM) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a page of the room that nobody is signed in for."""
        if not isinstance(exception, NotSignedIn):
            return None
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=403)
        match exception:
            case AccessTakenBack():
                return _taken_back(request, exception.grant)
            case AddressNotConfirmed():
                return _address_waits(request, exception.change)
        if request.method in ("GET", "HEAD"):
            known = {"next": request.path} | ({"to": request.GET["to"]} if "to" in request.GET else {})
            return redirect(f"{reverse('room:door')}?{urlencode(known)}")
        return _door(request, EmailForm(), wrote=typed_words(request), status=403)


def _taken_back(request: HttpRequest, grant: Participant) -> HttpResponse:
    show_in(grant.contact.locale, grant.contact.time_zone)
    has_rooms = find_session(session_token(request)) is not None
    context = {"grant": grant, "has_rooms": has_rooms, "wrote": typed_words(request)}
    return render(request, "room/taken_back.html", context, status=403)


def _address_waits(request: HttpRequest, change: AddressChange) -> HttpResponse:
    show_in(change.contact.locale, change.contact.time_zone)
    context = {"address_change": change, "wrote": typed_words(request)}
    return render(request, "room/address_waits.html", context, status=403)


def next_page(request: HttpRequest) -> str:
    """Return where to go once inside: a page of the room on this site, or the list of rooms."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(ROOM)
    return wanted if safe else ""


def _to_code(request: HttpRequest, token: str, next_url: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(reverse("room:code") + (f"?{urlencode({'next': next_url})}" if next_url else ""))
    cookies.set_browser(response, token)
    return response


def asking_browser(request: HttpRequest) -> Browser:
    """Return the browser that asks for a code, with a secret of its own."""
    return Browser(cookies.browser_token(request), cookies.address_of(request), cookies.agent_of(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and one button. Opening it changes nothing; the button sends a code (or a new link)."""
    if request.method == "POST":
        return _ask_by_invitation(request, token)
    door = get_door(token)
    if door is None:
        return _door(request, EmailForm(), unknown_link=True, status=404)
    grant = door.invitation.participant
    show_in(grant.contact.locale, grant.contact.time_zone)
    at_table = people_at_table(grant.room) if door.state != DoorState.REVOKED else []
    people = [one for one in at_table if one.is_in and one.contact != grant.contact_id]
    session = find_session(session_token(request))
    context = {"door": door, "grant": grant, "people": people, "token": token}
    context["is_in"] = bool(session and session.contact_id == grant.contact_id and grant.is_active)
    return render(request, "room/invitation.html", context)


def _ask_by_invitation(request: HttpRequest, token: str) -> HttpResponse:
    asking = asking_browser(request)
    door = get_door(token)
    if request.POST.get("ask") == "link":
        renew_invitation(token=token)
        return render(request, "room/link_sent.html", {"token": token})
    request_code_by_invitation(token=token, browser=asking)
    return _to_code(
        request, asking.token, reverse("room:today", args=[door.invitation.participant.room_id]) if door else ""
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """The door for those who come back: a code to the address they type, or that a link in a mail stands for."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        asking = asking_browser(request)
        if attempt(form, partial(_ask_for_code, request.POST, asking)):
            return _to_code(request, asking.token, next_page(request))
    return _door(request, form, status=422 if form.errors else 200)


def _ask_for_code(sent: QueryDict, asking: Browser) -> bool:
    if "again" in sent:
        request_code_again(browser=asking)
    elif "to" in sent:
        request_code_by_mark(mark=sent.get("to", ""), browser=asking)
    else:
        request_code_by_email(email=sent.get("email", ""), browser=asking)
    return True


def show_door(request: HttpRequest, *, refused: Refused) -> HttpResponse:
    """Show the door to somebody who could not come in another way, and say why."""
    return _door(request, EmailForm(), refused=refused.message, status=422)


def _door(request: HttpRequest, form: EmailForm, *, status: int = 200, **more: object) -> HttpResponse:
    mark = request.POST.get("to") or request.GET.get("to", "")
    known = reader_of_mark(mark) if mark else None
    if known is not None:
        show_in(known.locale, known.time_zone)
        more |= {"known": known, "masked_email": masked(known.email), "to": mark}
    return render(request, "room/door.html", {"form": form, "next": next_page(request), **more}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Step 2: typing the code. A right one opens a session; the address never tells whether somebody is known.

    A wrong one leads back here with GET, so that nobody who goes back in the browser meets a form that was sent.
    """
    if request.method != "POST":
        return _code(request)
    try:
        _session, token = enter_code(
            browser=browser(request), code=request.POST.get("code", ""), old_session=session_token(request)
        )
    except Refused:
        return _again(request)
    except Invalid as error:
        return _again(request, wrong=error.faults[0].code)
    rotate_token(request)
    response = HttpResponseRedirect(next_page(request) or reverse("room:home"))
    cookies.set_session(response, token)
    return response


def _again(request: HttpRequest, **why: str) -> HttpResponse:
    query = ({"next": to} if (to := next_page(request)) else {}) | why
    return redirect(reverse("room:code") + (f"?{urlencode(query)}" if query else ""))


def _code(request: HttpRequest) -> HttpResponse:
    asked_by = browser(request)
    newest = newest_code(asked_by.hash)
    left = tries_left(asked_by)
    refused = "used_up" if left < 0 else ""
    form = CodeForm()
    if (wrong := request.GET.get("wrong", "")) in ("required", "wrong_code") and left > 0:
        form = CodeForm({"code": ""})
        add_faults(form, not_the_code(left) if wrong == "wrong_code" else no_code())
    context = {
        "form": form,
        "newest": newest,
        "next": next_page(request),
        "refused": refused,
        "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "is_over": bool(refused) or newest is None or newest.expires_at <= now() or newest.consumed_at is not None,
    }
    return render(request, "room/code.html", context)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All rooms of whoever is signed in; the only one is opened at once."""
    session = find_session(session_token(request))
    if session is None:
        raise NotSignedIn
    check_address(session.contact_id)
    show_in(session.contact.locale, session.contact.time_zone)
    grants = grants_of(session)
    if len(grants) == 1:
        return redirect("room:today", room_id=grants[0].room_id)
    return render(request, "room/home.html", {"session": session, "grants": grants})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fresh_code(request: HttpRequest) -> HttpResponse:
    """A fresh code for an answer that binds: says why, sends it on a click, and leads back to the question."""
    session = find_session(session_token(request))
    if session is None:
        raise NotSignedIn
    show_in(session.contact.locale, session.contact.time_zone)
    if request.method == "POST":
        asking = asking_browser(request)
        request_fresh_code(contact_id=session.contact_id, browser=asking)
        return _to_code(request, asking.token, next_page(request))
    return render(request, "room/fresh_code.html", {"next": next_page(request), "contact": session.contact})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out in this browser."""
    sign_out(session_token=session_token(request))
    response = redirect("room:door")
    cookies.end_session(response)
    return response
