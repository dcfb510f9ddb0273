"""The room's first page, and words to everybody."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.actions.comment import add_comment
from crm.actors import Actor
from crm.models import Comment
from crm.queries.waiting import recorded_answers, waiting_for, waiting_for_others
from crm.registry import today_blocks
from crm.room.actor import participant
from crm.room.forms import SayForm
from crm.room.frame import room_of, show
from crm.web.forms import attempt

RECENT_WORDS = 5


@never_cache
@require_safe
def today(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What waits for you, what we agreed, who is here."""
    return _today(request, participant(request, room_id), SayForm())


def _today(request: HttpRequest, actor: Actor, form: SayForm, status: int = 200) -> HttpResponse:
    waiting, recorded = waiting_for(actor), recorded_answers(actor)
    context = {
        "waiting": waiting,
        "recorded": recorded,
        "things": len(waiting) + len(recorded),
        "others": waiting_for_others(actor),
        "blocks": _blocks(request, actor),
        "words": _recent_words(actor),
        "form": form,
    }
    return show(request, actor, "room/today.html", context, current="today", status=status)


def _blocks(request: HttpRequest, actor: Actor) -> list[SafeString]:
    room = room_of(actor)
    found = ((block.template, block.context(actor, room)) for block in today_blocks())
    return [
        render_to_string(template, {"room": room, "actor": actor, **context}, request=request)
        for template, context in found
        if context is not None
    ]


def _recent_words(actor: Actor) -> list[Comment]:
    said = Comment.objects.visible_to(actor).filter(room=room_of(actor), section="", private_to="")
    recent = said.select_related("by_user", "by_contact").order_by("-created_at", "-id")[:RECENT_WORDS]
    return list(reversed(recent))


@require_POST
def comment(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Say something to everybody, or beside a row of a section."""
    actor = participant(request, room_id)
    form = SayForm(request.POST)
    section, subject = request.POST.get("section", ""), _uuid(request.POST.get("subject", ""))

    def act() -> Comment:
        return add_comment(
            actor=actor, room_id=room_id, body=form.cleaned_data["body"], section=section, subject_id=subject
        )

    if attempt(form, act) is None:
        return _today(request, actor, form, status=422)
    return redirect(f"{_back(request, room_id)}?said=sent#{'row-' + str(subject) if subject else 'say'}")


def _back(request: HttpRequest, room_id: UUID) -> str:
    """Return the page of this room the words were written on."""
    home = reverse("room:today", args=[room_id])
    path = urlsplit(request.POST.get("next", "")).path
    return path if path.startswith(home) and not path.startswith("//") else home


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
