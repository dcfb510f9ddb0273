"""What `manage.py check --deploy` asks besides Django's own questions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def two_database_roles(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse one role for both jobs: it could change the ledger and the event record."""
    if settings.DATABASE_APP_ROLE:
        return []
    hint = "Set DATABASE_OWNER_URL to a role of its own; docs/operate.md says how."
    return [Error("The application's database role owns the tables.", hint=hint, id="crm.E001")]


@register(Tags.security, deploy=True)
def own_domains(**_kwargs: Any) -> list[CheckMessage]:
    """Ask for our own mail domains: without them an address of ours could be let in as a buyer's."""
    if settings.ORGANIZATION_DOMAINS or not settings.HTTPS:
        return []
    hint = "Set ORGANIZATION_DOMAINS to the mail domains of the selling side, with commas between."
    return [Error("Nobody said which mail domains are ours.", hint=hint, id="crm.E003")]


@register(Tags.security, deploy=True)
def no_demo(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a demo: its key may be known and its mails go nowhere."""
    return [Error("DEMO is on.", id="crm.E002")] if settings.DEMO else []
