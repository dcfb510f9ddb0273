"""Words of a guest to everybody here, answers to them, and saying that a thread is settled."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.comment import add_comment, reopen_comment, resolve_comment
from crm.queries.comment import room_threads
from crm.room.actor import participant
from crm.room.forms import SayForm
from crm.room.frame import show
from crm.room.submitted import remember_sent, sent_before
from crm.web.forms import attempt
from crm.web.submitted import version_of

STATES = {"resolve": (resolve_comment, "settled"), "reopen": (reopen_comment, "not-settled")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Show what was said to everybody here; POST says something, or answers."""
    actor = participant(request, room_id)
    form = SayForm(request.POST) if request.method == "POST" else SayForm()
    if request.method == "POST" and sent_before(request):
        return redirect(f"{_back(request, room_id)}?said=sent")
    if request.method == "POST":
        said = attempt(form, lambda: add_comment(actor=actor, room_id=room_id, **form.values))
        if said is not None:
            remember_sent(request)
            return redirect(f"{_back(request, room_id)}?said=sent#comment-{said.pk}")
    context = {"threads": room_threads(actor, room_id), "form": form}
    return show(request, actor, "room/words.html", context, current="words", status=422 if form.errors else 200)


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
    return path if path.startswith(home) and not path.startswith("//") else reverse("room:words", args=[room_id])
