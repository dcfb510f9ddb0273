"""The room: saying that one writes in a section, and whether others see it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.actions.writing import say_writing, show_writing
from crm.room.actor import participant
from crm.web.submitted import parse_id
from crm.web.writing import section_of


@require_POST
def writing(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Take the word of an open page that its person writes in a section."""
    actor = participant(request, room_id)
    place = parse_id(request.POST.get("place", ""))
    say_writing(actor=actor, room_id=room_id, section=section_of(request), place=place)
    return HttpResponse(status=204)


@require_POST
def show(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Switch on or off that others see when one writes, in all rooms."""
    shown = request.POST.get("shown") == "yes"
    show_writing(actor=participant(request, room_id), shown=shown)
    said = "writing-shown" if shown else "writing-hidden"
    return redirect(f"{reverse('room:today', args=[room_id])}?said={said}")
