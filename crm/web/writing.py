"""Staff: saying that one writes in a section, and whether others see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.actions.writing import say_writing, show_writing
from crm.web.actor import staff
from crm.web.participant import back
from crm.web.submitted import parse_id

LONGEST_KIND = 32


@login_required
@require_POST
def writing(request: HttpRequest) -> HttpResponse:
    """Take the word of an open page that its person writes in a section."""
    room_id, place = parse_id(request.POST.get("room", "")), parse_id(request.POST.get("place", ""))
    say_writing(actor=staff(request), room_id=room_id, section=section_of(request), place=place)
    return HttpResponse(status=204)


def section_of(request: HttpRequest) -> str:
    """Return the kind of section that a page names; no kind is longer."""
    return request.POST.get("section", "")[:LONGEST_KIND]


@login_required
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Switch on or off that others see when one writes, and go back to the page."""
    shown = request.POST.get("shown") == "yes"
    show_writing(actor=staff(request), shown=shown)
    words = _("Others see when you write in a section.") if shown else _("Nobody sees when you write.")
    messages.info(request, words)
    return back(request)
