"""Answering who asks to bring somebody into a room. The requests stand above the table of who can come in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.actions.access_request import approve_access_request, decline_access_request, welcome_colleagues
from crm.errors import DomainError, NotAllowed, NotFound
from crm.web.actor import staff
from crm.web.participant import back, limits, refused
from crm.web.submitted import version_of


@login_required
@require_POST
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Let the person in, or say "not now"."""
    actor, version = staff(request), version_of(request)
    try:
        if request.POST.get("do") == "decline":
            note = request.POST.get("note", "")
            done = decline_access_request(actor=actor, request_id=request_id, version=version, note=note)
            words = _("Answered “not now”. %(name)s sees it in the room.") % {"name": done.asked_by.contact.name}
        else:
            done = approve_access_request(actor=actor, request_id=request_id, version=version, **limits(request))
            words = _("The invitation is on its way to %(name)s.") % {"name": done.name}
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return refused(request, error)
    messages.success(request, words)
    return back(request)


@login_required
@require_POST
def welcome(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Say whether the client's own addresses come in without being asked about."""
    try:
        room = welcome_colleagues(actor=staff(request), room_id=room_id, welcome=request.POST.get("welcome") == "on")
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return refused(request, error)
    messages.success(
        request,
        _("Colleagues of the client come in when one of them asks.")
        if room.welcomes_colleagues
        else _("You are asked about each one."),
    )
    return back(request)
