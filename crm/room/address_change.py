"""The page behind the link that the old mailbox gets when somebody's address was changed."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.actions.address_change import confirm_address
from crm.errors import Refused
from crm.queries.address_change import change_of_link, waiting_change
from crm.web.viewer import show_in


class WantedForm(forms.Form):
    """A tick that no machine sets: mail scanners open links, and some send what they find behind them."""

    confirmed = forms.BooleanField(
        label=_("Yes, I want this address from now on."),
        error_messages={"required": _("Tick this if you want it. If you do not, leave everything as it is.")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Say what was changed. Opening it uses nothing up; a tick and a button confirm the new address."""
    change = change_of_link(token)
    show_in(change.contact.locale, change.contact.time_zone)
    form, refused = WantedForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        try:
            change = confirm_address(token=token)
        except Refused as error:
            refused = error.message
    newest = waiting_change(change.contact_id)
    context = {
        "change": change,
        "email": change.contact.email,
        "form": form,
        "refused": refused,
        "is_newest": newest == change,
    }
    return render(request, "room/address.html", context, status=422 if form.errors or refused else 200)
