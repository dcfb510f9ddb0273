"""The B2B sales pipeline data set of Maven Analytics (public domain): four files, days as dd-mm-yy."""

from django.utils.translation import gettext_lazy as _

from crm.models import CustomFieldOn, CustomFieldType
from deals.imports.preset import Column, Definition, Preset, Table
from deals.models import DealStatus

MAVEN = Preset(
    name="maven",
    clients=Table(
        file="accounts.csv",
        key="name",
        columns=(
            Column("account", "name", required=True),
            Column("sector", "industry", doubtful={"technolgy": "technology"}),
            Column("year_established", "custom.founded_in", kind="whole"),
            Column("revenue", "custom.revenue_millions", kind="number"),
            Column("employees", "custom.employees", kind="whole"),
            Column("office_location", "country", doubtful={"Philipines": "Philippines"}),
            Column("subsidiary_of", "parent", refers_to="clients"),
        ),
    ),
    staff=Table(
        file="sales_teams.csv",
        key="name",
        columns=(
            Column("sales_agent", "name", required=True),
            Column("manager", "manager", required=True, limit=150),
            Column("regional_office", "office", required=True, limit=150),
        ),
    ),
    products=Table(
        file="products.csv",
        key="name",
        columns=(
            Column("product", "name", required=True, limit=120),
            Column("series", "series"),
            Column("sales_price", "price", kind="amount"),
        ),
    ),
    deals=Table(
        file="sales_pipeline.csv",
        key="id",
        columns=(
            Column("opportunity_id", "id", required=True, limit=64),
            Column("sales_agent", "agent", required=True, refers_to="staff"),
            Column("product", "product", required=True, limit=120, refers_to="products"),
            Column("account", "client", refers_to="clients"),
            Column("deal_stage", "stage", required=True),
            Column("engage_date", "begun_on", kind="day"),
            Column("close_date", "ended_on", kind="day"),
            Column("close_value", "amount", kind="amount"),
        ),
    ),
    statuses={
        "Prospecting": DealStatus.OPEN,
        "Engaging": DealStatus.OPEN,
        "Won": DealStatus.WON,
        "Lost": DealStatus.LOST,
    },
    day_format="%d-%m-%y",
    definitions=(
        Definition(CustomFieldOn.ORGANIZATION, "founded_in", _("Founded in"), CustomFieldType.NUMBER),
        Definition(CustomFieldOn.ORGANIZATION, "revenue_millions", _("Revenue, millions"), CustomFieldType.NUMBER),
        Definition(CustomFieldOn.ORGANIZATION, "employees", _("Employees"), CustomFieldType.NUMBER),
        Definition(CustomFieldOn.DEAL, "source_id", _("Number in the source"), CustomFieldType.TEXT),
        Definition(CustomFieldOn.DEAL, "source_stage", _("Stage in the source"), CustomFieldType.TEXT),
        Definition(CustomFieldOn.DEAL, "product", _("Product"), CustomFieldType.TEXT),
        Definition(CustomFieldOn.DEAL, "product_series", _("Product series"), CustomFieldType.TEXT),
        Definition(CustomFieldOn.DEAL, "list_price", _("List price"), CustomFieldType.NUMBER),
        Definition(CustomFieldOn.DEAL, "begun_on", _("Begun on"), CustomFieldType.DATE),
    ),
    mail_domain="imported.example",
)

PRESETS = {MAVEN.name: MAVEN}
