"""Exports of HubSpot: the labels of its standard properties, as its knowledge base names them."""

from django.utils.translation import gettext_lazy as _

from crm.models import ActivityType
from deals.imports.sources.source import Source
from deals.models import DealStatus

_COMPANY = {
    "client_id": ("Associated Company IDs (Primary)", "Associated Company IDs", "Associated Company ID"),
    "client_name": ("Associated Company (Primary)", "Associated Company", "Company Name"),
}

HUBSPOT = Source(
    name="hubspot",
    label=_("HubSpot export"),
    day_order="ymd",
    headers={
        "organizations": {
            "id": ("Record ID", "Record ID - Company", "Company ID"),
            "name": ("Company name", "Name"),
            "domain": ("Company Domain Name", "Domain"),
            "website": ("Website URL",),
            "industry": ("Industry",),
            "country": ("Country/Region", "Country"),
            "city": ("City",),
            "parent_id": ("Parent Company ID",),
            "parent_name": ("Parent Company",),
        },
        "contacts": {
            "id": ("Record ID", "Record ID - Contact", "Contact ID"),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "email": ("Email", "Work email"),
            "phone": ("Phone Number", "Mobile Phone Number"),
            "title": ("Job Title",),
            **_COMPANY,
        },
        "deals": {
            "id": ("Record ID", "Record ID - Deal", "Deal ID"),
            "title": ("Deal Name",),
            "owner": ("Deal owner",),
            "stage": ("Deal Stage",),
            "amount": ("Amount",),
            "currency": ("Currency",),
            "begun_on": ("Create Date",),
            "close_on": ("Close Date",),
            "ended_reason": ("Closed Lost Reason",),
            "contact_ids": ("Associated Contact IDs",),
            **_COMPANY,
        },
        "activities": {
            "id": ("Record ID", "Activity ID"),
            "type": ("Activity type", "Type"),
            "subject": ("Meeting name", "Call Title", "Email subject", "Task Title", "Subject"),
            "body": ("Note body", "Call notes", "Meeting description", "Email body"),
            "at": ("Activity date", "Create date"),
            "deal_id": ("Associated Deal IDs",),
            "deal_title": ("Associated Deal",),
            "client_name": ("Associated Company",),
            "contact_ids": ("Associated Contact IDs",),
            "contact_email": ("Associated Contact Email",),
        },
    },
    statuses={"closed won": DealStatus.WON, "closed lost": DealStatus.LOST},
    activities={
        "call": ActivityType.CALL,
        "meeting": ActivityType.MEETING,
        "email": ActivityType.EMAIL,
        "note": ActivityType.NOTE,
    },
)
