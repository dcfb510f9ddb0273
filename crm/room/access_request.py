"""Who is at this table and who came in, and asking to bring a colleague in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.access_request import request_access, withdraw_access_request
from crm.models import AccessRequestState
from crm.queries.access_request import access_requests
from crm.queries.sign_in import access_log
from crm.room.actor import participant
from crm.room.forms import ColleagueForm
from crm.room.frame import room_of, show
from crm.web.forms import attempt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Both sides see the same list. POST asks to bring somebody in."""
    actor = participant(request, room_id)
    form = ColleagueForm(request.POST or None)
    if request.method == "POST":
        asked = attempt(form, lambda: request_access(actor=actor, room_id=room_id, **form.cleaned_data))
        if asked is not None:
            said = "let-in" if asked.state == AccessRequestState.APPROVED else "asked-in"
            return redirect(f"{reverse('room:people', args=[room_id])}?said={said}#bring")
    context = {
        "entries": access_log(actor, room_id),
        "requests": access_requests(actor, room_id),
        "bring": form,
        "may_welcome": room_of(actor).welcomes_colleagues and actor.side == "buyer",
    }
    return show(request, actor, "room/people.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, room_id: UUID, request_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    withdraw_access_request(actor=participant(request, room_id), request_id=request_id)
    return redirect(f"{reverse('room:people', args=[room_id])}?said=request-withdrawn#bring")
