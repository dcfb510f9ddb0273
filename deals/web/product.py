"""The price list: for all staff to read, for administrators to write."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.errors import NotFound, Stale
from crm.queries.paging import page_of
from crm.web.actor import administrator, staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.forms import attempt
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.version import attempt_edit, saved_words
from deals.actions.product import archive_product, change_product, create_product
from deals.models import Product
from deals.queries.line_item import products
from deals.web.forms.product import PriceForms, ProductForm


@login_required
@require_safe
def price_list(request: HttpRequest) -> HttpResponse:
    """List what we sell, with its prices."""
    page = page_of(products(staff(request)), request.GET.get("cursor", ""))
    return render(request, "deals/product/list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_product(request: HttpRequest) -> HttpResponse:
    """Add a product."""
    actor = administrator(request)
    form, prices = ProductForm(request.POST or None), PriceForms(request.POST or None, prefix="prices")
    if request.method == "POST":
        if sent_before(request):
            return redirect("deals:products")
        if attempt(form, lambda: create_product(actor=actor, values=form.values | {"prices": _typed(prices)})):
            remember_sent(request)
            messages.success(request, _("On the price list."))
            return redirect("deals:products")
    return _form_page(request, form, prices)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Change a product and its prices."""
    actor = administrator(request)
    product = products(actor).filter(pk=product_id).first()
    if product is None:
        raise NotFound
    if request.method != "POST":
        rows = [{"amount": one.amount, "currency": one.currency} for one in product.prices.all()]
        return _form_page(request, ProductForm(row=product), PriceForms(initial=rows, prefix="prices"), product)
    form, prices = ProductForm(decided(request.POST), row=product), PriceForms(request.POST, prefix="prices")
    act = partial(change_product, actor=actor, product_id=product.pk)
    try:
        saved = attempt_edit(
            form,
            lambda: act(version=form.cleaned_data["version"] or 0, values=form.values | {"prices": _typed(prices)}),
        )
    except Stale as error:
        found = Conflicting("product", product.name, form, error.current, request.path)
        return conflict_page(request, found, reverse("deals:products"))
    if saved is None:
        return _form_page(request, form, prices, product)
    messages.success(request, saved_words(form))
    return redirect("deals:products")


@login_required
@require_POST
def remove_product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Take a product off the price list."""
    archive_product(actor=administrator(request), product_id=product_id, version=version_of(request))
    messages.success(request, _("Off the price list. Deals that have it keep it."))
    return redirect("deals:products")


def _typed(prices: Any) -> dict[str, Any]:
    """Return the prices that were typed, by currency; what is half empty is the action's to judge."""
    rows = [form.cleaned_data for form in prices.forms] if prices.is_valid() else []
    typed = [row for row in rows if row.get("amount") not in (None, "") or row.get("currency")]
    return {row.get("currency", ""): row.get("amount") for row in typed}


def _form_page(request: HttpRequest, form: ProductForm, prices: Any, product: Product | None = None) -> HttpResponse:
    context = {"form": form, "prices": prices, "product": product}
    return render(request, "deals/product/form.html", context, status=422 if form.errors else 200)
