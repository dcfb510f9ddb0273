"""Saying that a thread is settled, or is not after all."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from crm.actions.comment import reopen_comment, resolve_comment
from crm.web.actor import staff
from crm.web.participant import back
from crm.web.submitted import version_of

STATES = {"resolve": resolve_comment, "reopen": reopen_comment}
"""What can be done with a thread, by the last part of its address."""


@login_required
@require_POST
def state(request: HttpRequest, comment_id: UUID, verb: str) -> HttpResponse:
    """Settle a thread, or open it again."""
    if verb not in STATES:
        raise Http404
    STATES[verb](actor=staff(request), comment_id=comment_id, version=version_of(request))
    return back(request)
