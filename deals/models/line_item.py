"""What a deal is made of: products with quantity and price."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from deals.models.deal import Deal
from deals.models.product import Billing, Product

if TYPE_CHECKING:
    from crm.actors import Actor


class LineItemQuerySet(models.QuerySet["LineItem"]):
    """Lines, read through their deals by the selling side: what both sides see of a price is an offer."""

    def visible_to(self, actor: "Actor") -> "LineItemQuerySet":
        """Return the lines of the deals that somebody of the selling side reads."""
        if not actor.is_seller:
            return self.none()
        return self.filter(Exists(Deal.objects.visible_to(actor).filter(pk=OuterRef("deal"))), archived_at=None)


class LineItem(models.Model):
    """One line: `quantity` of something, at `unit_price` in `currency`, due `billing` for `periods` months or years.

    `discount` and `tax` are percentages. `rate` is what one unit of `currency` was worth in the deal's currency on `rated_on`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="line_items")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    billing = models.CharField(max_length=8, choices=Billing, default=Billing.ONCE)
    periods = models.PositiveIntegerField(default=1)
    discount = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal)
    tax = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal)
    rate = models.DecimalField(max_digits=24, decimal_places=10)
    rated_on = models.DateField()
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = LineItemQuerySet.as_manager()

    class Meta:
        ordering = ["deal", "position", "id"]
        indexes = [
            models.Index(fields=["deal", "position", "id"], condition=Q(archived_at=None), name="line_item_by_deal")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_item_quantity_above_zero"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="line_item_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount__gte=0) & Q(discount__lte=100), name="line_item_discount_percent"
            ),
            models.CheckConstraint(condition=Q(tax__gte=0) & Q(tax__lte=100), name="line_item_tax_percent"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="line_item_rate_above_zero"),
            models.CheckConstraint(
                condition=Q(periods__gte=1) & (~Q(billing="once") | Q(periods=1)), name="line_item_periods"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="line_item_currency_code"),
        ]

    def __str__(self) -> str:
        return self.title
