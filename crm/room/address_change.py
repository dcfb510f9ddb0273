"""The page behind the link that the old mailbox gets when somebody's address was changed."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.actions.address_change import confirm_address, refuse_address
from crm.errors import Refused
from crm.queries.address_change import change_of_link, waiting_change
from crm.web.forms import ChoiceCards, MustPickField
from crm.web.viewer import show_in


class WantedForm(forms.Form):
    """A choice that no machine makes: mail scanners open links, and some send what they find behind them."""

    settle = MustPickField(
        label=_("Do you want this?"),
        choices=[("yes", _("Yes, I want this address from now on")), ("no", _("No, I did not want this"))],
        widget=ChoiceCards(
            columns="two",
            notes={"yes": _("your rooms open to it"), "no": _("your old address is put back at once")},
        ),
    )


ACTS = {"yes": confirm_address, "no": refuse_address}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Say what was changed. Opening it uses nothing up; a choice and a button confirm the new address, or put the old one back."""
    change = change_of_link(token)
    show_in(change.contact.locale, change.contact.time_zone)
    form, refused = WantedForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        try:
            change = ACTS[form.cleaned_data["settle"]](token=token)
        except Refused as error:
            refused = error.message
    newest = waiting_change(change.contact_id)
    context = {
        "change": change,
        "email": change.contact.email,
        "is_back": change.contact.email == change.old_email,
        "form": form,
        "refused": refused,
        "is_newest": newest == change,
    }
    return render(request, "room/address.html", context, status=422 if form.errors or refused else 200)
