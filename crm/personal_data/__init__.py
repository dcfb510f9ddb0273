"""The places in which the ground keeps data of persons. `crm.registered` puts them into the registry."""

from crm.personal_data import access, evidence, imports, machinery, words
from crm.personal_data.contact import CONTACT, CUSTOM, MERGES
from crm.registry import PersonalDataPlace, register_personal_data

PLACES: tuple[PersonalDataPlace, ...] = (
    *access.PLACES,
    *words.PLACES,
    *evidence.PLACES,
    *machinery.PLACES,
    *imports.PLACES,
    MERGES,
    CUSTOM,
    CONTACT,
)


def register() -> None:
    """Fill the registry."""
    for place in PLACES:
        register_personal_data(place)
