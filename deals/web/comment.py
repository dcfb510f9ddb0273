"""Comments beside a row of a section, shared or for our side only."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.actions.comment import add_comment
from crm.web.actor import staff
from crm.web.forms import attempt
from crm.web.submitted import remember_sent, sent_before
from deals.queries.deal import get_deal
from deals.web.forms.comment import CommentForm
from deals.web.section import PAGES


@login_required
@require_POST
def add(request: HttpRequest, deal_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Comment on a row."""
    actor = staff(request)
    deal = get_deal(actor, deal_id)
    form = CommentForm(request.POST, row_id=row_id)
    if not sent_before(request):
        act = partial(add_comment, actor=actor, room_id=deal.room_id, section=kind, subject_id=row_id)
        fields = ("body", "private", "reply_to", "disputes")
        said = attempt(form, lambda: act(**{name: form.cleaned_data[name] for name in fields}))
        if said is None:
            return PAGES[kind](request, deal_id, comment=form)
        remember_sent(request)
        messages.success(request, _("Only our side reads it.") if said.private_to else _("Said."))
    return redirect(f"{reverse('deals:section', args=[deal_id, kind])}#row-{row_id}")
