"""What every page shell needs: the installation's name, the theme, the links of the frame, who is signed in."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.translation import gettext as _

from crm import passkeys
from crm.models import ImportRun, LedgerCheck
from crm.queries.import_run import newest_demo_run
from crm.queries.ledger_check import ledger_alarm
from crm.web.live import is_refresh
from crm.web.navigation import NavigationEntry, Place, home_entry, navigation
from crm.web.shortcuts import SHORTCUTS, Shortcut, single_keys
from crm.web.theme import Density, Theme, chosen_density, chosen_theme


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation entry as the shell shows it."""

    entry: NavigationEntry
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Some links of the settings under one heading."""

    label: str
    links: list[Link]


class Shell:
    """The values a page shell shows, each worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def organization_name(self) -> str:
        """The name of the selling organisation that this installation serves."""
        return str(settings.ORGANIZATION_NAME)

    @cached_property
    def short_name(self) -> str:
        """What the organisation is called in running text: "Only Nordlicht sees this"."""
        return str(settings.ORGANIZATION_SHORT_NAME)

    @cached_property
    def theme(self) -> Theme:
        """The theme chosen on this device, or ""."""
        return chosen_theme(self._request)

    @property
    def density(self) -> Density:
        """The density chosen on this device, or ""."""
        return chosen_density(self._request)

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        """All keyboard shortcuts there are."""
        return SHORTCUTS

    @property
    def single_keys(self) -> bool:
        """Whether single keys do something on this device."""
        return single_keys(self._request)

    @property
    def passkeys_offered(self) -> bool:
        """Whether browsers make passkeys for this site at the address it was opened at."""
        return passkeys.are_offered() and split_domain_port(self._request.get_host())[0] == passkeys.site_host()

    @cached_property
    def is_demo(self) -> bool:
        """Whether this installation shows demo data."""
        return bool(settings.DEMO)

    @cached_property
    def demo_run(self) -> ImportRun | None:
        """The newest import of demo data, for people who are signed in."""
        return newest_demo_run() if self.is_demo and self._is_signed_in else None

    @property
    def demo_loads(self) -> bool:
        """Whether the demo's line changes by itself: its data are on their way."""
        return self._is_signed_in and (self.demo_run is None or self.demo_run.is_loading)

    @property
    def _is_signed_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return bool(user and user.is_authenticated)

    @property
    def live_since(self) -> str:
        """The place in the event feed up to which this page knows everything, or "" when this process does not listen."""
        return str(getattr(self._request, "live_since", None) or "")

    @property
    def is_refresh(self) -> bool:
        """Whether the page only looks at itself again."""
        return is_refresh(self._request)

    @cached_property
    def ledger_alarm(self) -> LedgerCheck | None:
        """The newest check of the ledger when it found something or is overdue, for administrators."""
        is_admin = self._is_signed_in and getattr(self._request.user, "is_admin", False)
        return ledger_alarm() if is_admin else None

    @cached_property
    def logo(self) -> str:
        """Static path of the seller's logo for the room, or "" for the first letter of the name."""
        return str(settings.ORGANIZATION_LOGO)

    @cached_property
    def brand_stylesheet(self) -> str:
        """Static path of the small style sheet with the seller's four brand colours, or ""."""
        return str(settings.BRAND_STYLESHEET)

    @cached_property
    def home(self) -> str:
        """Where the mark leads: where this person begins."""
        entry = home_entry(getattr(getattr(self._request, "user", None), "role", ""))
        return reverse(entry.url_name) if entry else "/"

    @cached_property
    def rail(self) -> list[Link]:
        """The links of the rail."""
        return self._links("rail")

    @cached_property
    def menu(self) -> list[Link]:
        """The links that the person's menu has besides settings and signing out."""
        return self._links("menu")

    @property
    def commands(self) -> list[Link]:
        """What can be begun from every page."""
        return self._links("command")

    @cached_property
    def settings(self) -> list[LinkGroup]:
        """The pages of the settings that this person can open, in groups."""
        links = self._links("settings")
        labels = {"house": self.short_name, "systems": _("Systems"), "you": _("You")}
        groups = ((label, [link for link in links if link.entry.group == name]) for name, label in labels.items())
        return [LinkGroup(label, found) for label, found in groups if found]

    def _links(self, place: Place) -> list[Link]:
        user = getattr(self._request, "user", None)
        allowed = {"": True, "demo": self.is_demo, "administrator": bool(getattr(user, "is_admin", False))}
        path = self._request.path
        links = []
        for entry in navigation(place):
            if allowed[entry.only]:
                url = reverse(entry.url_name)
                links.append(Link(entry, url, current=any(path.startswith(start) for start in (url, *entry.covers))))
        return links


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for the page shells."""
    return {"shell": Shell(request)}
