"""The files of Maven Analytics one by one. Rows are remembered under the names that the import of the folder gives them."""

from django.utils.translation import gettext_lazy as _

from deals.imports.sources.source import Source
from deals.models import DealStatus

MAVEN_FILES = Source(
    name="maven",
    label=_("Maven sample data"),
    day_order="dmy",
    parts={"organizations": "clients"},
    headers={
        "organizations": {
            "name": ("account",),
            "industry": ("sector",),
            "country": ("office_location",),
            "parent_name": ("subsidiary_of",),
        },
        "deals": {
            "id": ("opportunity_id",),
            "owner": ("sales_agent",),
            "client_name": ("account",),
            "stage": ("deal_stage",),
            "amount": ("close_value",),
            "begun_on": ("engage_date",),
            "ended_on": ("close_date",),
        },
    },
    statuses={"won": DealStatus.WON, "lost": DealStatus.LOST},
)
