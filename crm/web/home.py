"""The front door of staff: everybody begins with what is theirs."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.web.actor import staff
from crm.web.navigation import home_entry


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to where this person begins."""
    user = staff(request).user
    entry = home_entry(user.role if user else "")
    return redirect(entry.url_name if entry else "crm:clients")
