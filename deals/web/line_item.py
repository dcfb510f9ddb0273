"""What a deal is made of: its lines, and the currency they are added up in."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.actors import Actor
from crm.errors import NotFound, Stale
from crm.web.actor import staff
from crm.web.conflict import Conflicting, decided
from crm.web.forms import attempt
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.version import attempt_edit, saved_words
from deals.actions.line_item import add_line_item, archive_line_item, change_line_item, price_deal_in
from deals.models import LineItem
from deals.queries.deal import get_deal_page
from deals.queries.line_item import lines_of
from deals.web.conflict import conflict_page
from deals.web.forms.product import DealCurrencyForm, LineItemForm


def lines_page(
    request: HttpRequest,
    deal_id: UUID,
    form: LineItemForm | None = None,
    line: LineItem | None = None,
    currency: DealCurrencyForm | None = None,
) -> HttpResponse:
    """Show the lines; `form` is the open one: of `line`, or of a new one. What was refused keeps what was typed."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    refused = (form and form.is_bound) or currency
    context = {
        "page": page,
        "kind": "products",
        "lines": lines_of(actor, page.deal),
        "may_change": page.may_write and not page.deal.has_ended,
        "form": form or LineItemForm(actor),
        "line": line,
        "currency": currency
        or DealCurrencyForm(initial={"currency": page.deal.currency, "version": page.deal.version}),
    }
    return render(request, "deals/line_item/page.html", context, status=422 if refused else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Show what a deal is made of, and add a line."""
    if request.method != "POST":
        return lines_page(request, deal_id)
    actor = staff(request)
    form = LineItemForm(actor, request.POST)
    if sent_before(request):
        return redirect("deals:lines", deal_id)
    if attempt(form, lambda: add_line_item(actor=actor, deal_id=deal_id, values=form.values)) is None:
        return lines_page(request, deal_id, form)
    remember_sent(request)
    messages.success(request, _("Added. The amount follows."))
    return redirect("deals:lines", deal_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, deal_id: UUID, line_item_id: UUID) -> HttpResponse:
    """Change a line."""
    actor = staff(request)
    row = _get(actor, deal_id, line_item_id)
    if request.method != "POST":
        return lines_page(request, deal_id, LineItemForm(actor, row=row), row)
    form = LineItemForm(actor, decided(request.POST, LineItemForm.merged), row=row)
    act = partial(change_line_item, actor=actor, line_item_id=row.pk)
    try:
        saved = attempt_edit(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
    except Stale as error:
        url = reverse("deals:line", args=[deal_id, row.pk])
        return conflict_page(request, Conflicting("products", row.title, form, error.current, url), deal_id)
    if saved is None:
        return lines_page(request, deal_id, form, row)
    messages.success(request, saved_words(form))
    return redirect("deals:lines", deal_id)


def _get(actor: Actor, deal_id: UUID, line_item_id: UUID) -> LineItem:
    row = LineItem.objects.visible_to(actor).filter(deal=deal_id, pk=line_item_id).select_related("product").first()
    if row is None:
        raise NotFound
    return row


@login_required
@require_POST
def archive(request: HttpRequest, deal_id: UUID, line_item_id: UUID) -> HttpResponse:
    """Take a line out."""
    actor = staff(request)
    row = _get(actor, deal_id, line_item_id)
    archive_line_item(actor=actor, line_item_id=row.pk, version=version_of(request))
    messages.success(request, _("Taken out. The amount follows."))
    return redirect("deals:lines", deal_id)


@login_required
@require_POST
def currency(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Add the lines up in another currency."""
    actor = staff(request)
    form = DealCurrencyForm(request.POST)
    act = partial(price_deal_in, actor=actor, deal_id=deal_id, version=version_of(request))
    if attempt(form, lambda: act(currency=form.cleaned_data["currency"])) is None:
        return lines_page(request, deal_id, currency=form)
    messages.success(request, _("Converted at today’s rates."))
    return redirect("deals:lines", deal_id)
