"""My day: where reps and managers begin."""

from babel.dates import format_date
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm import formats
from crm.clock import now
from crm.queries.day import Day, my_day
from crm.web.actor import staff

NOON, EVENING = 12, 18


@login_required
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Show who waits for whoever looks, what they asked, what changed since yesterday, and what is on today."""
    actor = staff(request)
    found = my_day(actor)
    context = {"day": found, "greeting": _greeting() % {"name": formats.first_name(actor.name)}, "lead": _lead(found)}
    return render(request, "crm/day/day.html", context)


def _greeting() -> str:
    hour = timezone.localtime(now()).hour
    if hour < NOON:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if hour < EVENING else _("Good evening, %(name)s")


def _lead(found: Day) -> str:
    """Return the day and what there is to say about it: who waits, who has gone quiet."""
    today = timezone.localdate(now())
    weekday = format_date(today, "EEEE", locale=formats.babel_locale())
    said = [_("%(weekday)s, %(day)s.") % {"weekday": weekday, "day": formats.day(today, today, formats.babel_locale())}]
    if people := len({one.name for one in found.waiting}):
        words = ngettext("%(count)s person is waiting for you.", "%(count)s people are waiting for you.", people)
        said.append(words % {"count": people})
    if quiet := len(found.quiet):
        words = ngettext("%(count)s conversation has gone quiet.", "%(count)s conversations have gone quiet.", quiet)
        said.append(words % {"count": quiet})
    return " ".join(said if people or quiet else [*said, _("Nobody is waiting for you.")])
