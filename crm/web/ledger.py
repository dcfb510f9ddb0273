"""The nightly checks of the ledger, for administrators."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.queries.ledger_check import ledger_checks
from crm.web.actor import staff


@login_required
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Show what was looked at each night, what was found, and the checkpoint that was written."""
    return render(request, "crm/ledger/checks.html", {"checks": ledger_checks(staff(request))})
