"""The settings: one frame for the pages that apps register with `place="settings"`."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.web.actor import staff
from crm.web.context import Shell


@login_required
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of the settings that this person can open."""
    staff(request)
    return redirect(Shell(request).settings[0].links[0].url)
