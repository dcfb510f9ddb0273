"""One's own data: taking them along, asking for the rest, asking to be erased."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.actions.data_request import request_data, withdraw_data_request
from crm.models import DataRequestKind
from crm.queries.personal_data import as_json, handed_over, kept_about_me
from crm.room.actor import participant
from crm.room.forms import DataRequestForm
from crm.room.frame import show
from crm.room.kept import show_kept
from crm.web.forms import attempt


@require_safe
def download(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Give everything that is kept about whoever is signed in, across their rooms, as JSON."""
    return _file(as_json(kept_about_me(participant(request, room_id))), "kept-about-me.json")


@require_POST
def ask(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Ask an administrator for everything, or to be erased: that only once it was said what it means."""
    actor = participant(request, room_id)
    form = DataRequestForm(request.POST)
    if form.is_valid() and form.cleaned_data["kind"] == DataRequestKind.ERASURE and "sure" not in request.POST:
        return show(request, actor, "room/erasure.html", {"asking": form})
    if attempt(form, lambda: request_data(actor=actor, **form.cleaned_data)):
        return redirect(f"{reverse('room:kept', args=[room_id])}?said=data-asked#requests")
    return show_kept(request, actor, form)


@require_POST
def withdraw(request: HttpRequest, room_id: UUID, request_id: UUID) -> HttpResponse:
    """Take back what one asked, as long as nobody has answered."""
    withdraw_data_request(actor=participant(request, room_id), request_id=request_id)
    return redirect(f"{reverse('room:kept', args=[room_id])}?said=request-withdrawn#requests")


@require_safe
def handed(request: HttpRequest, room_id: UUID, request_id: UUID) -> HttpResponse:
    """Give what an administrator handed over, as long as it is there."""
    return _file(handed_over(participant(request, room_id), request_id), "everything-kept-about-me.json")


def _file(content: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
