"""What a room keeps about a person, shown to that person: answers, words, sign-ins."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.actions import sign_in
from crm.actions.mail_choice import choose_mails
from crm.actors import Actor
from crm.clock import now
from crm.models import Comment, MailKind
from crm.queries.personal_data import kept_about_me, own_data_requests
from crm.queries.receipt import answers_of
from crm.queries.sign_in import access_log, own_passkeys, own_sessions
from crm.room.actor import participant, session_token
from crm.room.forms import DataRequestForm
from crm.room.frame import room_of, show
from crm.secrets import token_hash


@never_cache
@require_safe
def kept(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Everything this room keeps about whoever is signed in, and who came in when."""
    return show_kept(request, participant(request, room_id), DataRequestForm())


def show_kept(request: HttpRequest, actor: Actor, asking: DataRequestForm) -> HttpResponse:
    """Render the page, with the form for a data request as it stands."""
    room_id = room_of(actor).pk
    contact_id = actor.participant.contact_id if actor.participant else None
    wants_all = request.GET.get("all") == "1"  # asks every place that keeps something, in all rooms
    mine = Comment.objects.visible_to(actor).filter(room=room_id, by_contact=contact_id)
    context = {
        "answers": answers_of(actor),
        "comments": list(mine.order_by("-created_at", "-id")[:200]),
        "sessions": own_sessions(actor),
        "passkeys": own_passkeys(actor),
        "mail_kinds": MailKind,
        "this_session": token_hash(session_token(request)),
        "entries": access_log(actor, room_id),
        "kept": [one for one in kept_about_me(actor) if one.name not in _SHOWN_ABOVE] if wants_all else None,
        "data_requests": own_data_requests(actor),
        "asking": asking,
        "at": now(),
    }
    return show(request, actor, "room/kept.html", context, status=422 if asking.errors else 200)


_SHOWN_ABOVE = ("contact", "sessions", "passkeys", "data_requests")
"""Places that the page shows in words of their own."""


@require_POST
def mails(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Choose which mails one gets."""
    choose_mails(actor=participant(request, room_id), wanted=request.POST.getlist("wanted"))
    return redirect(f"{reverse('room:kept', args=[room_id])}?said=mails#mails")


@require_POST
def end_session(request: HttpRequest, room_id: UUID, session_id: UUID) -> HttpResponse:
    """End one of one's own sign-ins."""
    sign_in.end_session(actor=participant(request, room_id), session_id=session_id)
    return redirect(f"{reverse('room:kept', args=[room_id])}?said=session-ended")
