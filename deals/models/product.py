"""What we sell, and for how much: the price list."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class Billing(models.TextChoices):
    """How often a price is due."""

    ONCE = "once", _("once")
    MONTH = "month", _("per month")
    YEAR = "year", _("per year")


class ProductQuerySet(models.QuerySet["Product"]):
    """Products, which all staff read."""

    def visible_to(self, actor: "Actor") -> "ProductQuerySet":
        """Return the products, for the selling side."""
        return self if actor.is_seller else self.none()

    def on_sale(self) -> "ProductQuerySet":
        """Return those that are still sold."""
        return self.filter(archived_at=None)


class Product(models.Model):
    """One thing we sell. `unit` is what a quantity counts ("store"), `tax` a percentage; its prices are per currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=64, blank=True)
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=40, blank=True)
    billing = models.CharField(max_length=8, choices=Billing, default=Billing.ONCE)
    tax = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code="") & Q(archived_at=None), name="product_code_once"
            ),
            models.CheckConstraint(condition=Q(tax__gte=0) & Q(tax__lte=100), name="product_tax_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What one unit of a product costs in one currency, before discount and tax."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["product", "currency"], name="price_once_per_currency"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="price_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
