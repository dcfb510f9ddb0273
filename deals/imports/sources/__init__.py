"""The systems whose exports are known: what their columns are called, and what their words mean. Data, no code."""

from deals.imports.sources.hubspot import HUBSPOT
from deals.imports.sources.maven import MAVEN_FILES
from deals.imports.sources.own import OWN
from deals.imports.sources.pipedrive import PIPEDRIVE
from deals.imports.sources.salesforce import SALESFORCE
from deals.imports.sources.source import Source

SOURCES: dict[str, Source] = {one.name: one for one in (OWN, HUBSPOT, SALESFORCE, PIPEDRIVE, MAVEN_FILES)}
"""The own file first: nothing is known about it."""

__all__ = ["OWN", "SOURCES", "Source"]
