"""The room's first page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.actors import Actor
from crm.models import Comment
from crm.queries.recorded import recorded_answers
from crm.queries.waiting import waiting_for, waiting_for_others
from crm.registry import today_blocks
from crm.room.actor import participant
from crm.room.forms import BUTTONS
from crm.room.frame import room_of, show

RECENT_WORDS = 5


@never_cache
@require_safe
def today(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What waits for you, what we agreed, who is here."""
    actor = participant(request, room_id)
    waiting, recorded = waiting_for(actor), recorded_answers(actor)
    context = {
        "waiting": waiting,
        "buttons": BUTTONS,
        "recorded": recorded,
        "things": sum(1 for one in waiting if not one.is_overtaken) + len(recorded),
        "others": waiting_for_others(actor),
        "blocks": _blocks(request, actor),
        "words": _recent_words(actor),
    }
    return show(request, actor, "room/today.html", context, current="today")


def _blocks(request: HttpRequest, actor: Actor) -> list[SafeString]:
    room = room_of(actor)
    found = ((block.template, block.context(actor, room)) for block in today_blocks())
    return [
        render_to_string(template, {"room": room, "actor": actor, **context}, request=request)
        for template, context in found
        if context is not None
    ]


def _recent_words(actor: Actor) -> list[Comment]:
    here = Comment.objects.visible_to(actor).beside_no_row().filter(room=room_of(actor), private_to="")
    said = here.exclude(body="")
    recent = said.select_related("by_user", "by_contact").order_by("-created_at", "-id")[:RECENT_WORDS]
    return list(reversed(recent))
