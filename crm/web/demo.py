"""The line above a demo installation, fetched again while its data load."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
@login_required
def demo_line(request: HttpRequest) -> HttpResponse:
    """Show the line as it is now."""
    if not settings.DEMO:
        raise Http404
    return render(request, "crm/_demo.html")
