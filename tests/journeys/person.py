"""Somebody at a browser: goes where a person goes, and minds what nobody should have to see."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

if TYPE_CHECKING:  # models cannot be imported before the settings are there, and pytest loads this with a conftest
    from crm.models import User

SHOTS = Path(__file__).resolve().parents[2] / "test-results"
THEMES = ("light", "dark")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

_axe = Axe()
_AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}  # preloading asks for styles at wrong addresses


class Person:
    """One person with a browser of their own. Faults gather in `faults`; the test fails at its end when there are any."""

    def __init__(self, browser: Browser, site: str, name: str, *, size: dict[str, int] = DESKTOP) -> None:
        self.name = name
        self.faults: list[str] = []
        self._site = site
        on_phone = size is PHONE
        self.context = browser.new_context(
            base_url=site,
            viewport=size,
            has_touch=on_phone,
            is_mobile=on_phone,
            locale="en-GB",
            reduced_motion="reduce",
            color_scheme="light",
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("response", self._answered)
        self._screen = 0

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def sign_in(self, user: "User") -> None:
        """Come as a user who has signed in already."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self._site}])

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(path)

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """Find a button by the beginning of its name."""
        return (within or self.page).get_by_role("button", name=re.compile(f"^{re.escape(name)}"))

    def link(self, name: str, within: Locator | None = None) -> Locator:
        """Find a link by the beginning of its name."""
        return (within or self.page).get_by_role("link", name=re.compile(f"^{re.escape(name)}"))

    def fill(self, label: str, text: str, *, exact: bool = False) -> None:
        """Type into the field with this label; `exact` when other labels contain it."""
        field = self.page.locator("input, textarea")
        words = re.compile(rf"^\s*{re.escape(label)}(\s+optional)?\s*$") if exact else label
        self.page.get_by_label(words).and_(field).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose in the list with this label."""
        self.page.get_by_label(label).select_option(label=option)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Expect words on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def look(self, screen: str) -> None:
        """Look at the screen in both themes: note what axe says, and whether it is wider than the window."""
        self._screen += 1
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)
            name = f"{self.name}-{self._screen:02}-{screen}-{theme}.png"
            self.page.screenshot(path=SHOTS / name, full_page=True)
            self.faults += [f"axe, {screen}, {theme}: {line}" for line in _violations(self.page)]
        self.page.emulate_media(color_scheme="light")
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.faults.append(f"{screen}: the page is wider than the screen")

    def leave(self) -> None:
        """Keep the last thing that was on the screen, and close the browser."""
        self.page.screenshot(path=SHOTS / f"{self.name}-last.png")
        self.context.close()


def _violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = _axe.run(page, options=_AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['help']}\n    {node['html'][:300]}\n    {node.get('failureSummary')}"
            for one in found for node in one["nodes"][:3]]  # fmt: skip
