"""A file of one's own: columns that are called as people call them."""

from django.utils.translation import gettext_lazy as _

from crm.models import ActivityType
from deals.imports.sources.source import Source
from deals.models import DealStatus

_CLIENT = {
    "client_name": ("Client", "Company", "Organisation", "Organization", "Account"),
    "client_domain": ("Client domain", "Domain"),
}

OWN = Source(
    name="file",
    label=_("Own file"),
    headers={
        "organizations": {
            "id": ("Id", "Number"),
            "name": ("Name", "Client", "Company", "Organisation", "Organization"),
            "domain": ("Domain",),
            "website": ("Website", "Web site", "URL"),
            "industry": ("Industry", "Sector"),
            "country": ("Country",),
            "city": ("City", "Town"),
            "parent_name": ("Belongs to", "Parent"),
        },
        "contacts": {
            "id": ("Id", "Number"),
            "name": ("Name", "Contact", "Full name"),
            "first_name": ("First name", "Given name"),
            "last_name": ("Last name", "Surname", "Family name"),
            "email": ("E-mail", "Email", "Mail"),
            "phone": ("Phone", "Telephone"),
            "title": ("Job title", "Title", "Position"),
            **_CLIENT,
        },
        "deals": {
            "id": ("Id", "Number"),
            "title": ("Title", "Deal", "Name", "What it is about"),
            "owner": ("Owner",),
            "stage": ("Stage",),
            "status": ("Status",),
            "amount": ("Amount", "Value"),
            "currency": ("Currency",),
            "begun_on": ("Opened on", "Created"),
            "close_on": ("Hopes to agree by", "Close date", "Expected close date"),
            "ended_on": ("Ended on", "Closed on"),
            "ended_reason": ("Why it ended",),
            **_CLIENT,
        },
        "activities": {
            "id": ("Id", "Number"),
            "type": ("Type", "What it was"),
            "subject": ("Subject",),
            "body": ("Words", "Note", "Notes", "Description"),
            "at": ("When", "Date", "At"),
            "minutes": ("Minutes", "Duration"),
            "deal_title": ("Deal",),
            "client_name": ("Client", "Company"),
            "contact_email": ("E-mail", "Email"),
        },
    },
    statuses={
        "open": DealStatus.OPEN,
        "paused": DealStatus.PAUSED,
        "won": DealStatus.WON,
        "lost": DealStatus.LOST,
        "no deal by agreement": DealStatus.NO_DEAL,
    },
    activities={
        "call": ActivityType.CALL,
        "meeting": ActivityType.MEETING,
        "e-mail": ActivityType.EMAIL,
        "email": ActivityType.EMAIL,
        "note": ActivityType.NOTE,
    },
)
