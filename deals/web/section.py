"""One address for every section of a deal; each section's own file says how it looks."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deals.models import SectionKind
from deals.web.criterion import criteria_page
from deals.web.problem import problem_page
from deals.web.stakeholder import people_page

PAGES: dict[str, Callable[..., HttpResponse]] = {
    SectionKind.PEOPLE: people_page,
    SectionKind.PROBLEM: problem_page,
    SectionKind.CRITERIA: criteria_page,
}


@login_required
@require_safe
def section(request: HttpRequest, deal_id: UUID, kind: str) -> HttpResponse:
    """Show a section of a deal."""
    return PAGES[kind](request, deal_id)
