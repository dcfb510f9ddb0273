"""What currencies are worth, from which day on."""

from django.db import models
from django.db.models import Q

from crm.ids import new_id


class ExchangeRate(models.Model):
    """From the day `on` until the next one, one unit of `currency` is worth `rate` units of the base currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    currency = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=10)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["currency", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_above_zero"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="exchange_rate_currency_code"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"
