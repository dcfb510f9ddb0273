"""What the rows of a batch need to know of their file, and what was settled about them on the way."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actions.imported_organization import import_organizations
from crm.actions.imported_row import Batch, Incoming
from crm.actors import Actor
from crm.models import ImportRun, LineResult
from deals.imports import link
from deals.imports.choices import SKIP, Meanings, client_choice, meanings
from deals.imports.clean import Clean


@dataclass
class Work:
    """One batch of a run. `settled` holds, by line, what keeps a row from coming in; `counts` what the check counts."""

    actor: Actor
    run: ImportRun
    dry_run: bool
    means: Meanings
    settled: dict[int, tuple[str, str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def on(cls, actor: Actor, run: ImportRun, *, dry_run: bool) -> "Work":
        """Begin a batch."""
        return cls(actor, run, dry_run, meanings(actor, run))

    @cached_property
    def mapped(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(self.run.mapping.values())

    def leave(self, clean: Clean, result: str, words: str) -> None:
        """Say why a row does not come in; the first reason counts."""
        self.settled.setdefault(clean.line, (result, words))

    def open(self, rows: Iterable[Clean]) -> list[Clean]:
        """Return the rows about which nothing is settled."""
        return [clean for clean in rows if clean.line not in self.settled]

    def meaning(self, clean: Clean, name: str) -> str:
        """Return what a row's word means; settles a row whose word nobody knows, or whose rows are left out."""
        word = clean.get(name)
        meaning = self.means.of(name, word) if word else ""
        if word and not meaning:
            self.leave(clean, LineResult.WAITING, _("“%(word)s”: say first what this is.") % {"word": word})
        elif meaning == SKIP:
            self.leave(clean, LineResult.LEFT_OUT, _("“%(word)s”: left out, as you said.") % {"word": word})
        return meaning.partition(":")[2] or meaning

    def having(self, values: dict[str, Any], **columns: str) -> dict[str, Any]:
        """Return those of `values` that a column says something about; `columns` names it where it is called otherwise."""
        return {name: value for name, value in values.items() if columns.get(name, name) in self.mapped}


def key_of(clean: Clean, *others: Any) -> str:
    """Return what names a row in its source: its number, else the first of `others`, else all of them together."""
    number = clean.get("id")
    if number:
        return str(number)[:200]
    words = [str(one).strip().lower() for one in others if one]
    return words[0][:200] if len(words) == 1 else hashlib.sha256("\n".join(words).encode()).hexdigest()


def custom_of(clean: Clean, work: Work) -> dict[str, Any]:
    """Return the custom fields of a row as they are kept: numbers and days as text."""
    names = [name for name in work.mapped if name.startswith("custom.") and clean.get(name) != ""]
    return {name.removeprefix("custom."): _text_of(clean.values[name]) for name in sorted(names)}


def _text_of(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_NAMES = ("client_id", "client_domain", "client_name")


def clients_of(work: Work, rows: Sequence[Clean]) -> dict[int, UUID | None]:
    """Return the client of each row by its line, found by number, domain or name.

    Settles the rows that are left out for want of one; `add_clients` adds those that are to be.
    """
    numbers = link.by_number(work.run, "organizations", {one.get("client_id") for one in rows} - {""})
    there = link.clients_there(work.actor, numbers.values())
    domains = link.clients_by_domain(work.actor, {one.get("client_domain") for one in rows} - {""})
    names = link.clients_by_name(work.actor, {one.get("client_name") for one in rows} - {""})
    found: dict[int, UUID | None] = {}
    for clean in rows:
        client = numbers.get(clean.get("client_id"))
        if client not in there:
            client = domains.get(clean.get("client_domain")) or names.get(clean.get("client_name").lower())
        found[clean.line] = client
        if client is None and any(clean.get(name) for name in _NAMES):
            _unknown(work, clean)
        elif client is None:
            _without(work, clean)
    return found


def _without(work: Work, clean: Clean) -> None:
    work.counts["no_client"] += 1
    if client_choice(work.run, "no_client") == SKIP:
        work.leave(clean, LineResult.LEFT_OUT, _("No client."))


def _unknown(work: Work, clean: Clean) -> None:
    """Do with a row that names a client who is not here what was decided."""
    work.counts["unknown_client"] += 1
    choice = client_choice(work.run, "unknown_client")
    name = {"name": next(str(clean.get(one)) for one in reversed(_NAMES) if clean.get(one))}
    if choice == "add" and clean.get("client_name"):
        clean.notes.append(_("The client “%(name)s” is added.") % name)
    elif choice == SKIP:
        work.leave(clean, LineResult.LEFT_OUT, _("The client “%(name)s” is not here.") % name)
    else:
        clean.notes.append(_("Without the client “%(name)s”, who is not here.") % name)


def add_clients(work: Work, rows: Sequence[Clean], found: dict[int, UUID | None]) -> None:
    """Add the clients that these rows name and that are not here, where that was decided, and put them into `found`."""
    if work.dry_run or client_choice(work.run, "unknown_client") != "add":
        return
    unknown = [clean for clean in rows if found[clean.line] is None and clean.get("client_name")]
    named = {clean.get("client_name").lower(): clean.get("client_name") for clean in unknown}
    batch = Batch(f"{work.run.source.split(':')[0]}:named", work.run)
    incoming = [Incoming(key, {"name": name}) for key, name in named.items()]
    outcomes = import_organizations(actor=work.actor, batch=batch, rows=incoming)
    ids = {outcome.key: outcome.subject_id for outcome in outcomes}
    found |= {clean.line: ids.get(clean.get("client_name").lower()) for clean in unknown}
