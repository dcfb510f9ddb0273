"""The search box: a page that works alone, and the same results as a fragment for the palette."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.limits import take_search
from crm.queries.search import search
from crm.web.actor import staff

ON_PAGE, IN_PALETTE = 20, 5
"""Things of one kind that are shown at most."""


@login_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what is found for `?q=`; htmx gets the results alone, fewer of each kind."""
    actor, typed = staff(request), request.GET.get("q", "")
    in_palette = bool(request.htmx)  # type: ignore[attr-defined]
    if typed.strip():
        take_search(actor)
    kinds = request.GET.getlist("kind")
    finds = search(actor, typed, limit=IN_PALETTE if in_palette else ON_PAGE, kinds=kinds)
    template = "crm/search/_results.html" if in_palette else "crm/search/page.html"
    return render(request, template, {"finds": finds, "q": typed.strip()[:100], "kinds": kinds})
