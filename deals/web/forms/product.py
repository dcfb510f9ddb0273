"""What is typed about products: the price list, and the lines of a deal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.web.forms import LineField, NumberField, PickField, WordsField, offer
from crm.web.version import VersionedForm
from deals.models import Billing, LineItem, Product
from deals.queries.line_item import products

BLANK_PRICES = 2
"""Empty rows for further currencies."""


class ProductForm(VersionedForm):
    """A product of the price list; its prices stand in forms of their own (`PriceForms`)."""

    name = LineField(label=_("Name"))
    code = LineField(label=_("Code"), required=False)
    unit = LineField(label=_("What is counted"), required=False, help_text=_("For example: store, seat, day."))
    billing = PickField(label=_("Due"), choices=Billing.choices)
    tax = NumberField(label=_("Tax, in percent"), required=False)
    description = WordsField(label=_("What it is"), required=False)

    merged = ("name", "code", "unit", "billing", "tax", "description")

    def __init__(self, data: Any = None, *, row: Product | None = None) -> None:
        super().__init__(data, row=row)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in self.merged}


class PriceForm(forms.Form):
    """One price. Both fields empty: no price."""

    amount = NumberField(label=_("Price"), required=False)
    currency = LineField(label=_("Currency"), required=False)


PriceForms = forms.formset_factory(PriceForm, extra=BLANK_PRICES, max_num=20)


class LineItemForm(VersionedForm):
    """A line of a deal."""

    product = forms.ChoiceField(label=_("Product"), required=False)
    title = LineField(label=_("What it is"), required=False, help_text=_("Left empty, it is called like the product."))
    quantity = NumberField(label=_("How many"))
    unit_price = NumberField(
        label=_("Price of one"), required=False, help_text=_("Left empty, it comes from the price list.")
    )
    currency = LineField(label=_("Currency"), required=False)
    billing = forms.ChoiceField(label=_("Due"), required=False)
    periods = NumberField(
        label=_("For how many"), required=False, help_text=_("Months or years; nothing for what is due once.")
    )
    discount = NumberField(label=_("Discount, in percent"), required=False)
    tax = NumberField(label=_("Tax, in percent"), required=False)

    merged = ("product", "title", "quantity", "unit_price", "currency", "billing", "periods", "discount", "tax")

    def __init__(self, actor: Actor, data: Any = None, *, row: LineItem | None = None) -> None:
        super().__init__(data, row=row, auto_id="line_%s")
        known = [(str(one.pk), one.name) for one in products(actor).prefetch_related(None)]
        if row and row.product and str(row.product_id) not in dict(known):
            known.append((str(row.product_id), row.product.name))
        offer(self, "product", [("", _("None of the list")), *known])
        offer(self, "billing", [*([] if row else [("", _("As in the price list"))]), *Billing.choices])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in self.merged}


class DealCurrencyForm(forms.Form):
    """The currency in which a deal with lines is added up."""

    currency = LineField(label=_("Added up in"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
