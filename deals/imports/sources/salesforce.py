"""Exports of Salesforce: field names of its data export, and the labels of its reports."""

from django.utils.translation import gettext_lazy as _

from crm.models import ActivityType
from deals.imports.sources.source import Source
from deals.models import DealStatus

_ACCOUNT = {"client_id": ("AccountId", "Account ID"), "client_name": ("Account Name", "Account.Name")}

SALESFORCE = Source(
    name="salesforce",
    label=_("Salesforce export"),
    headers={
        "organizations": {
            "id": ("Id", "Account ID"),
            "name": ("Name", "Account Name"),
            "website": ("Website",),
            "industry": ("Industry",),
            "country": ("BillingCountry", "Billing Country"),
            "city": ("BillingCity", "Billing City"),
            "parent_id": ("ParentId", "Parent Account ID"),
            "parent_name": ("Parent Account",),
        },
        "contacts": {
            "id": ("Id", "Contact ID"),
            "name": ("Name", "Full Name"),
            "first_name": ("FirstName", "First Name"),
            "last_name": ("LastName", "Last Name"),
            "email": ("Email",),
            "phone": ("Phone", "MobilePhone", "Mobile"),
            "title": ("Title",),
            **_ACCOUNT,
        },
        "deals": {
            "id": ("Id", "Opportunity ID"),
            "title": ("Name", "Opportunity Name"),
            "owner": ("Owner.Name", "Opportunity Owner", "OwnerId"),
            "stage": ("StageName", "Stage"),
            "amount": ("Amount",),
            "currency": ("CurrencyIsoCode", "Opportunity Currency"),
            "begun_on": ("CreatedDate", "Created Date"),
            "close_on": ("CloseDate", "Close Date"),
            "contact_ids": ("ContactId", "Contact ID"),
            **_ACCOUNT,
        },
        "activities": {
            "id": ("Id", "Activity ID"),
            "type": ("TaskSubtype", "Type", "Task Subtype"),
            "subject": ("Subject",),
            "body": ("Description", "Full Comments"),
            "at": ("ActivityDate", "Date", "CreatedDate"),
            "deal_id": ("WhatId", "Opportunity ID"),
            "deal_title": ("Opportunity",),
            "client_name": ("Company / Account",),
            "contact_ids": ("WhoId", "Contact ID"),
            "contact_email": ("Email",),
        },
    },
    statuses={"closed won": DealStatus.WON, "closed lost": DealStatus.LOST},
    activities={
        "call": ActivityType.CALL,
        "meeting": ActivityType.MEETING,
        "event": ActivityType.MEETING,
        "email": ActivityType.EMAIL,
    },
)
