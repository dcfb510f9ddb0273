"""Words of a guest: to everybody, beside a row, as an answer; and saying that a thread is settled."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.actions.comment import add_comment, reopen_comment, resolve_comment
from crm.models import Comment
from crm.room.actor import participant
from crm.room.forms import SayForm
from crm.room.today import today_page
from crm.web.forms import attempt
from crm.web.submitted import version_of

STATES = {"resolve": (resolve_comment, "settled"), "reopen": (reopen_comment, "not-settled")}


@require_POST
def add(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Say something to everybody, or beside a row of a section."""
    actor = participant(request, room_id)
    form = SayForm(request.POST)

    def act() -> Comment:
        clean = form.cleaned_data
        return add_comment(
            actor=actor,
            room_id=room_id,
            body=clean["body"],
            section=clean["section"],
            subject_id=clean["subject"],
            reply_to=clean["reply_to"],
            disputes=clean["disputes"],
        )

    said = attempt(form, act)
    if said is None:
        return today_page(request, actor, form, status=422)
    return redirect(f"{_back(request, room_id)}?said=sent#{f'row-{said.subject_id}' if said.subject_id else 'say'}")


@require_POST
def state(request: HttpRequest, room_id: UUID, comment_id: UUID, verb: str) -> HttpResponse:
    """Settle a thread, or open it again."""
    if verb not in STATES:
        raise Http404
    act, said = STATES[verb]
    comment = act(actor=participant(request, room_id), comment_id=comment_id, version=version_of(request))
    return redirect(f"{_back(request, room_id)}?said={said}#comment-{comment.pk}")


def _back(request: HttpRequest, room_id: UUID) -> str:
    """Return the page of this room the words were written on."""
    home = reverse("room:today", args=[room_id])
    path = urlsplit(request.POST.get("next", "")).path
    return path if path.startswith(home) and not path.startswith("//") else home
