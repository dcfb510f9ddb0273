"""The app's entry in Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """Loads what this app plugs into the ones below it."""

    name = "deals"
    verbose_name = _("Deals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registry, once all models are known."""
        import_module("deals.registry")
