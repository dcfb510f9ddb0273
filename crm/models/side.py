"""The three sides of a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Whose side somebody is on. A row's `private_to` is a side, or empty when it is shared."""

    SELLER = "seller", _("Seller")
    BUYER = "buyer", _("Buyer")
    PARTNER = "partner", _("Partner")
