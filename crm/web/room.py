"""The facts of a room: its title and its time zone."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crm.actions.room import change_room
from crm.errors import Stale
from crm.queries.room import get_room
from crm.web.actor import staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.forms import LineField
from crm.web.version import VersionedForm, attempt_edit, saved_words


class RoomForm(VersionedForm):
    """The facts of a room."""

    merged = ("title", "time_zone")
    title = LineField(label=_("Title"))
    time_zone = LineField(
        label=_("Time zone"),
        required=False,
        help_text=_("Days that are due end at midnight there. For example: Europe/Oslo."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_room_page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Change the facts of a room."""
    actor = staff(request)
    room = get_room(actor, room_id)
    form = RoomForm(decided(request.POST) if request.method == "POST" else None, row=room)
    page = reverse("crm:room_access", args=[room.pk])
    if request.method == "POST":
        act = partial(change_room, actor=actor, room_id=room.pk)
        try:
            saved = attempt_edit(
                form,
                lambda: act(
                    version=form.cleaned_data["version"] or 0,
                    values={name: form.cleaned_data[name] for name in form.merged},
                ),
            )
        except Stale as error:
            return conflict_page(request, Conflicting("room", room.title, form, error.current, request.path), page)
        if saved is not None:
            messages.success(request, saved_words(form))
            return redirect(page)
    return render(request, "crm/room/form.html", {"form": form, "room": room}, status=422 if form.errors else 200)
