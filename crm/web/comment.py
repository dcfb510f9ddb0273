"""What is said in a room: to everybody about nothing in particular, and saying that a thread is settled."""

from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.comment import add_comment, reopen_comment, resolve_comment
from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Comment, Room
from crm.queries.comment import comment_url, people_to_name, room_threads
from crm.queries.room import get_room
from crm.registry import ways_back
from crm.web.actor import staff
from crm.web.forms import WordsField, attempt
from crm.web.participant import back
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.version import VersionedForm

STATES = {"resolve": resolve_comment, "reopen": reopen_comment}
"""What can be done with a thread, by the last part of its address."""


class SayForm(forms.Form):
    """Words to everybody in the room, or (`private`) to our side; `reply_to` is what they answer."""

    body = WordsField(label=gettext_lazy("Your words"), rows=3)
    reply_to = forms.UUIDField(required=False, widget=forms.HiddenInput)
    private = forms.BooleanField(required=False, widget=forms.HiddenInput)
    once = VersionedForm.base_fields["once"]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Show what was said to everybody in a room; POST says something."""
    actor = staff(request)
    room = get_room(actor, room_id)
    form = SayForm(request.POST) if request.method == "POST" else SayForm()
    if request.method == "POST" and sent_before(request):
        return redirect("crm:words", room.pk)
    if request.method == "POST" and _said(actor, room, form):
        remember_sent(request)
        messages.success(request, _("Said."))
        return redirect("crm:words", room.pk)
    may_write = Room.objects.writable_by(actor).filter(pk=room.pk).exists()
    context = {"room": room, "threads": room_threads(actor, room.pk), "form": form, "may_write": may_write}
    context |= {"people_to_name": people_to_name(actor, room), "ways_back": ways_back(actor, room)}
    return render(request, "crm/comment/words.html", context, status=422 if form.errors else 200)


def _said(actor: Actor, room: Room, form: SayForm) -> Comment | None:
    act = partial(add_comment, actor=actor, room_id=room.pk)
    fields = ("body", "reply_to", "private")
    return attempt(form, lambda: act(**{name: form.cleaned_data[name] for name in fields}))


@login_required
@require_safe
def comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Lead to where a comment stands."""
    actor = staff(request)
    found = Comment.objects.visible_to(actor).filter(pk=comment_id).first()
    if found is None:
        raise NotFound
    return redirect(comment_url(actor, found))


@login_required
@require_POST
def state(request: HttpRequest, comment_id: UUID, verb: str) -> HttpResponse:
    """Settle a thread, or open it again."""
    if verb not in STATES:
        raise Http404
    STATES[verb](actor=staff(request), comment_id=comment_id, version=version_of(request))
    return back(request)
