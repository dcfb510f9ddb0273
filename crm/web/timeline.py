"""Everything that happened in a room."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.queries.room import get_room
from crm.queries.timeline import room_timeline
from crm.registry import ways_back
from crm.web.actor import staff


@login_required
@require_safe
def timeline(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Show a page of it, newest first."""
    actor = staff(request)
    room = get_room(actor, room_id)
    page = room_timeline(actor, room.pk, request.GET.get("cursor", ""))
    return render(
        request, "crm/timeline/timeline.html", {"room": room, "page": page, "ways_back": ways_back(actor, room)}
    )
