"""Who can come into a room: inviting, changing, taking access back. The table is an include of other pages too."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.actions.participant import change_participant, invite_contact, revoke_participant
from crm.actors import Actor
from crm.errors import DomainError, NotAllowed, NotFound
from crm.models import Participant
from crm.queries.participant import access_table
from crm.queries.room import get_room
from crm.web.actor import staff
from crm.web.submitted import version_of


def limits(request: HttpRequest) -> dict[str, Any]:
    """Return what the form says of sections and answering: "all" or the ticked ones."""
    limited = request.POST.get("limited") == "on"
    return {
        "sections": request.POST.getlist("sections") if limited else None,
        "may_answer": request.POST.get("may_answer") == "on",
    }


def back(request: HttpRequest) -> HttpResponse:
    """Lead to the page the form stood on."""
    wanted = request.POST.get("next", "")
    return redirect(wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None) else "/")


@login_required
@require_safe
def access(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Who can come into a room, and who was asked for."""
    actor = staff(request)
    table = access_table(actor, get_room(actor, room_id))
    return render(request, "crm/participant/access.html", {"access": table})


@login_required
@require_POST
def invite(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Invite a contact into the room: the mail with the link leaves at once."""
    actor = staff(request)
    contact, side = _uuid(request.POST.get("contact", "")), request.POST.get("side")
    try:
        grant = invite_contact(actor=actor, room_id=room_id, contact_id=contact, side=side, **limits(request))
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return refused(request, error)
    messages.success(request, _("The invitation is on its way to %(name)s.") % {"name": grant.contact.name})
    return back(request)


@login_required
@require_POST
def participant(request: HttpRequest, participant_id: UUID) -> HttpResponse:
    """Change what somebody may do, invite them again with a new link, or take their access back."""
    actor = staff(request)
    do = {"revoke": _revoke, "invite": _invite_again}.get(request.POST.get("do", ""), _change)
    try:
        messages.success(request, do(request, actor, participant_id))
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return refused(request, error)
    return back(request)


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Say on the page the form stood on why it was refused."""
    messages.error(request, " ".join(dict.fromkeys(map(str, [error.message, *(one.message for one in error.faults)]))))
    return back(request)


def _revoke(request: HttpRequest, actor: Actor, participant_id: UUID) -> str:
    grant = revoke_participant(actor=actor, participant_id=participant_id)
    return _("%(name)s can no longer come in. What they agreed and wrote stays.") % {"name": grant.contact.name}


def _invite_again(request: HttpRequest, actor: Actor, participant_id: UUID) -> str:
    found = Participant.objects.visible_to(actor).filter(pk=participant_id).first()
    if found is None:
        raise NotFound
    grant = invite_contact(
        actor=actor,
        room_id=found.room_id,
        contact_id=found.contact_id,
        side=found.side if found.is_active else None,
        sections=found.sections,
        may_answer=found.may_answer,
    )
    return _("A new link is on its way to %(name)s. The older one has ended.") % {"name": grant.contact.name}


def _change(request: HttpRequest, actor: Actor, participant_id: UUID) -> str:
    grant = change_participant(
        actor=actor, participant_id=participant_id, version=version_of(request), **limits(request)
    )
    return _("Saved what %(name)s can see and do.") % {"name": grant.contact.name}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
