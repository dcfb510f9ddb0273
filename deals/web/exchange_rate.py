"""What currencies are worth: for all staff to read, for administrators to set."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.clock import now
from crm.queries.paging import page_of
from crm.web.actor import administrator, staff
from crm.web.forms import DayField, LineField, NumberField, attempt
from deals.actions.exchange_rate import remove_exchange_rate, set_exchange_rate
from deals.queries.exchange_rate import exchange_rates


class RateForm(forms.Form):
    """One rate."""

    currency = LineField(label=gettext_lazy("Currency"))
    rate = NumberField(label=gettext_lazy("One of it is worth"))
    on = DayField(label=gettext_lazy("From"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """List the rates, and set one."""
    actor = staff(request)
    form = RateForm(request.POST or None, initial={"on": timezone.localdate(now())})
    if (
        request.method == "POST"
        and attempt(form, lambda: set_exchange_rate(actor=actor, **form.cleaned_data)) is not None
    ):
        messages.success(request, _("Set. Deals that were added up at an older rate keep it."))
        return redirect("deals:exchange_rates")
    page = page_of(exchange_rates(actor), request.GET.get("cursor", ""), by=("currency", "-on", "id"))
    context = {"form": form, "page": page, "base": settings.BASE_CURRENCY}
    return render(request, "deals/exchange_rate/list.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, exchange_rate_id: UUID) -> HttpResponse:
    """Take a wrong rate out."""
    remove_exchange_rate(actor=administrator(request), exchange_rate_id=exchange_rate_id)
    messages.success(request, _("Taken out. What was added up with it stays as it is."))
    return redirect("deals:exchange_rates")
