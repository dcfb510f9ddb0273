"""Everything that happened in a room, or with a client."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from crm.actors import Actor
from crm.happenings import GROUPS
from crm.queries.organization import get_organization
from crm.queries.room import get_room
from crm.queries.timeline import LIMIT, organization_timeline, room_timeline
from crm.registry import ways_back
from crm.web.actor import staff


def happenings_with(request: HttpRequest, actor: Actor, organization_id: UUID, limit: int = LIMIT) -> dict[str, Any]:
    """Return what happened with a client as pages show it: of the group that `?show=` asks for, else all."""
    shown = request.GET.get("show", "")
    group = shown if shown in GROUPS else ""
    timeline = organization_timeline(actor, organization_id, request.GET.get("cursor", ""), limit, group)
    return {"timeline": timeline, "group": group, "groups": GROUPS}


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


@login_required
@require_safe
def client_timeline(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Show a page of what happened in all rooms with a client, newest first."""
    actor = staff(request)
    organization = get_organization(actor, organization_id)
    if organization.pk != organization_id:
        return redirect("crm:client_timeline", organization.pk)
    context = {"organization": organization, **happenings_with(request, actor, organization.pk)}
    return render(request, "crm/timeline/client.html", context)
