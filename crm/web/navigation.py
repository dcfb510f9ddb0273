"""What stands in the rail, the bottom bar, the menus, the settings, and among the commands of each page.

Entries that each app registers from its `AppConfig.ready`.

The ground never names a page of an app above it; it shows what was registered.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Place = Literal["rail", "menu", "settings", "command"]
Group = Literal["", "you", "house", "systems"]


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One link of the frame.

    `url_name` is reversed without arguments. `position` orders entries within their place. An entry of the rail with
    `phone` stands in the bottom bar of a phone, one without moves into its "More" sheet. `covers` names further paths
    (as prefixes) under which the entry counts as the present one. `only` limits it to administrators or to the demo.
    People with a role in `home_of` begin there; everybody else with the first entry of the rail. `shortcut` are the keys that
    lead there, as `data-shortcut` takes them. Entries of the settings stand in a `group`: what is the person's own, the
    whole house's, or about systems and the record. `at_foot` sets an entry of the rail apart, beside whoever is signed in.
    """

    label: str | Promise
    icon: str
    url_name: str
    position: int
    phone: bool = True
    place: Place = "rail"
    covers: tuple[str, ...] = ()
    only: Literal["", "administrator", "demo"] = ""
    home_of: tuple[str, ...] = ()
    shortcut: str = ""
    group: Group = ""
    at_foot: bool = False


_entries: dict[str, NavigationEntry] = {}


def register_navigation(entry: NavigationEntry) -> None:
    """Add an entry; registering the same `url_name` again replaces it."""
    _entries[entry.url_name] = entry


def home_entry(role: str) -> NavigationEntry | None:
    """Where somebody with this role begins."""
    entries = navigation("rail")
    return next((entry for entry in entries if role in entry.home_of), entries[0] if entries else None)


def navigation(place: Place) -> list[NavigationEntry]:
    """The entries of one place, in order."""
    return sorted((entry for entry in _entries.values() if entry.place == place), key=lambda entry: entry.position)
