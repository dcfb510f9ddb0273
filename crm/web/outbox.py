"""The mails of the demo, shown instead of sent. The page exists only there."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.models import DemoMail

NEWEST = 50


@login_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails."""
    if not settings.DEMO_OUTBOX:
        raise Http404
    return render(request, "crm/outbox/outbox.html", {"mails": DemoMail.objects.all()[:NEWEST]})
