"""Exports of Pipedrive: its columns are called "Deal - Title", "Organization - Name"; stars mark required ones."""

from django.utils.translation import gettext_lazy as _

from crm.models import ActivityType
from deals.imports.sources.source import Source
from deals.models import DealStatus

PIPEDRIVE = Source(
    name="pipedrive",
    label=_("Pipedrive export"),
    day_order="ymd",
    headers={
        "organizations": {
            "id": ("Organization - ID", "Organization - Pipedrive System ID"),
            "name": ("Organization - Name",),
            "website": ("Organization - Website",),
            "industry": ("Organization - Industry",),
            "country": ("Organization - Country of Address", "Organization - Address - Country of Address"),
            "city": (
                "Organization - City/town/village/locality of Address",
                "Organization - Address - City/town/village/locality of Address",
            ),
        },
        "contacts": {
            "id": ("Person - ID", "Person - Pipedrive System ID"),
            "name": ("Person - Name",),
            "first_name": ("Person - First name",),
            "last_name": ("Person - Last name",),
            "email": ("Person - Email - Work", "Person - Email (Work)", "Person - Email"),
            "phone": ("Person - Phone - Work", "Person - Phone (Work)", "Person - Phone"),
            "title": ("Person - Job title",),
            "client_id": ("Person - Organization ID",),
            "client_name": ("Person - Organization", "Organization - Name", "Organization"),
        },
        "deals": {
            "id": ("Deal - ID", "Deal - Pipedrive System ID"),
            "title": ("Deal - Title",),
            "client_id": ("Deal - Organization ID",),
            "client_name": ("Deal - Organization", "Organization - Name", "Organization"),
            "owner": ("Deal - Owner",),
            "stage": ("Deal - Stage", "Deal - Stage (pipeline)"),
            "status": ("Deal - Status",),
            "amount": ("Deal - Value",),
            "currency": ("Deal - Currency", "Deal - Currency of Value"),
            "begun_on": ("Deal - Deal created", "Deal - Creation date"),
            "close_on": ("Deal - Expected close date",),
            "ended_on": ("Deal - Deal closed on", "Deal - Closed on"),
            "ended_reason": ("Deal - Lost reason",),
            "contact_ids": ("Deal - Contact person ID", "Person - ID"),
            "contact_name": ("Deal - Contact person", "Person - Name"),
        },
        "activities": {
            "id": ("Activity - ID", "Activity - Pipedrive System ID"),
            "type": ("Activity - Type",),
            "subject": ("Activity - Subject",),
            "body": ("Activity - Note",),
            "at": ("Activity - Due date", "Activity - Marked as done time"),
            "deal_id": ("Activity - Deal ID",),
            "deal_title": ("Activity - Deal", "Deal"),
            "client_name": ("Activity - Organization", "Organization"),
            "contact_name": ("Activity - Contact person", "Activity - Contact Person"),
        },
    },
    statuses={"open": DealStatus.OPEN, "won": DealStatus.WON, "lost": DealStatus.LOST},
    activities={"call": ActivityType.CALL, "meeting": ActivityType.MEETING, "email": ActivityType.EMAIL},
)
