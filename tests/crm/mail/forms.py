"""The forms on a page, as a machine finds them that sends each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin


@dataclass
class Form:
    """A form as it stands on a page: where it goes, how, and what is in it. `buttons` are what it can be sent with."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def sendings(self) -> Iterator[dict[str, str]]:
        """Give what is sent, with no button and with each."""
        yield self.fields
        yield from (self.fields | {name: value} for name, value in self.buttons if name)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found: dict[str, Any] = dict(attrs)
        name, value, kind = found.get("name", ""), found.get("value") or "", found.get("type", "")
        if tag == "form":
            action = urljoin(self.page, found.get("action") or self.page)
            self.forms.append(Form(action, (found.get("method") or "get").lower()))
        elif self.forms and (tag == "button" or kind == "submit"):
            self.forms[-1].buttons.append((name, value))
        elif self.forms and name and tag in ("input", "textarea", "select") and _is_sent(kind, found):
            self.forms[-1].fields[name] = value


def _is_sent(kind: str, found: dict[str, Any]) -> bool:
    return kind not in ("checkbox", "radio") or "checked" in found


def forms_of(html: str, page: str) -> list[Form]:
    """Return the forms of a page that stands at the path `page`."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.forms
