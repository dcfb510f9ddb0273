"""What is asked about once for all rows: words that nothing here is called by, days and numbers that read both ways.

Nothing is guessed. A word that is exactly the name of a stage, a colleague's name or address, or a fixed word of the system
the file comes from, is not asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.actors import Actor
from crm.models import ActivityType, ImportRun, User
from crm.queries.user import users
from deals.imports.sources import OWN, SOURCES
from deals.imports.sources.source import Source
from deals.models import DealStatus, Stage
from deals.rules.cells import DAY_ORDERS, DayOrder, DecimalMark, read_day

SKIP = "skip"
OTHERS = "*"
"""Stands for all words of a field that nothing was said about by themselves."""
_MANY = 3
Options = Sequence[tuple[str, str | Promise]]

_CLIENTS: dict[str, Options] = {
    "unknown_client": (
        (SKIP, gettext_lazy("Leave them out, list them in the report")),
        ("add", gettext_lazy("Add these clients by their name")),
        ("without", gettext_lazy("Bring them in without a client")),
    ),
    "no_client": (
        (SKIP, gettext_lazy("Leave them out, list them in the report")),
        ("without", gettext_lazy("Bring them in without a client")),
    ),
}
_ORDER_WORDS: dict[str, str | Promise] = {
    "dmy": gettext_lazy("day, month, year"),
    "mdy": gettext_lazy("month, day, year"),
    "ymd": gettext_lazy("year, month, day"),
}
_STATUSES: Options = [(f"status:{value}", label) for value, label in DealStatus.choices]


@dataclass(frozen=True)
class Question:
    """One thing to decide: `key` names it among the choices; `chosen` is "" as long as nobody has said."""

    key: str
    label: str
    options: Options
    chosen: str
    hint: str = ""
    is_needed: bool = True

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.is_needed and not self.chosen


@dataclass(frozen=True)
class Meanings:
    """What the words of a file mean, by field: as they are here, or as somebody decided. An unknown one has none."""

    known: Mapping[str, Mapping[str, str]]
    options: Mapping[str, Options]
    chosen: Mapping[str, str]

    def of(self, field: str, word: str) -> str:
        """Return what a word means, "" when nobody knows."""
        said = self.chosen.get(f"{field}:{word}") or self.known.get(field, {}).get(_plain(word), "")
        return said or self.chosen.get(f"{field}:{OTHERS}", "")


def source_of(run: ImportRun) -> Source:
    """Return the system a run's file comes from."""
    return SOURCES.get(run.source.split(":")[0], OWN)


def meanings(actor: Actor, run: ImportRun) -> Meanings:
    """Return what words mean for this actor and file. A choice that is none any more does not count."""
    source = source_of(run)
    stages = list(Stage.objects.filter(pipeline__archived_at=None).select_related("pipeline"))
    people = list(users(actor).filter(team__isnull=False))
    statuses = {word: f"status:{status}" for word, status in {**OWN.statuses, **source.statuses}.items()}
    types = {word: str(type_) for word, type_ in {**OWN.activities, **source.activities}.items()}
    stage_options = [(f"stage:{one.pk}", f"{one.pipeline}: {one.name}") for one in stages]
    options: dict[str, Options] = {
        "stage": [*stage_options, *(one for one in _STATUSES if one[0] != "status:open")],
        "status": _STATUSES,
        "owner": [(f"user:{one.pk}", one.name) for one in people],
        "type": ActivityType.choices,
    }
    known = {
        "stage": _once((one.name, f"stage:{one.pk}") for one in stages) | _endings(statuses),
        "status": statuses,
        "owner": _once((one.name, f"user:{one.pk}") for one in people) | _addresses(people),
        "type": types,
    }
    allowed = {field: {SKIP, *(value for value, _label in some)} for field, some in options.items()}
    chosen = {key: value for key, value in run.choices.items() if value in allowed.get(key.split(":")[0], {value})}
    return Meanings(known, options, chosen)


def _endings(statuses: Mapping[str, str]) -> dict[str, str]:
    return {word: status for word, status in statuses.items() if status != "status:open"}


def _addresses(people: Sequence[User]) -> dict[str, str]:
    return {one.email.casefold(): f"user:{one.pk}" for one in people}


def _once(names: Any) -> dict[str, str]:
    """Return what each name stands for; a name that two have stands for neither."""
    found: dict[str, str] = {}
    twice = set()
    for name, value in names:
        twice |= {_plain(name)} & found.keys()
        found[_plain(name)] = value
    return {name: value for name, value in found.items() if name not in twice}


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


def questions(actor: Actor, run: ImportRun) -> list[Question]:
    """Return what has to be decided about a checked file, and what was."""
    found = [one for one in (_days(run), _marks(run), _currency(run)) if one]
    means = meanings(actor, run)
    skip = (SKIP, _("Leave these rows out"))
    for field, words in run.findings.get("words", {}).items():
        unknown = {word: count for word, count in words.items() if not means.known[field].get(_plain(word))}
        others = means.chosen.get(f"{field}:{OTHERS}", "")
        if field == "owner" and len(unknown) > _MANY:
            options = [("", _("Choose one by one")), *means.options[field], skip]
            found.append(Question(f"{field}:{OTHERS}", _("All others are"), options, others, is_needed=False))
        for word, count in sorted(unknown.items(), key=lambda one: -one[1]):
            key = f"{field}:{word}"
            options = [("", _("As all others") if others else _("Choose")), *means.options[field], skip]
            label = str(_WORDS[field] % {"word": word})
            hint = ngettext("In %(count)s row", "In %(count)s rows", count) % {"count": count}
            found.append(Question(key, label, options, means.chosen.get(key, ""), hint, is_needed=not others))
    return [*found, *_about_clients(run)]


_WORDS: dict[str, str | Promise] = {
    "stage": gettext_lazy("“%(word)s” becomes the stage"),
    "status": gettext_lazy("“%(word)s” becomes the status"),
    "owner": gettext_lazy("“%(word)s” is"),
    "type": gettext_lazy("“%(word)s” was"),
}


def client_choice(run: ImportRun, key: str) -> str:
    """Return what happens with rows without a client: a deal without one is left out, a person is not, unless said otherwise."""
    default = SKIP if run.kind == "deals" else "without"
    chosen = run.choices.get(key, "")
    return chosen if chosen in dict(_CLIENTS[key]) else default


def _about_clients(run: ImportRun) -> list[Question]:
    labels = {
        "unknown_client": _("%(count)s rows name a client who is not here"),
        "no_client": _("%(count)s rows without a client"),
    }
    return [
        Question(key, labels[key] % {"count": count}, _CLIENTS[key], client_choice(run, key))
        for key in labels
        if (count := run.findings.get(key, 0))
    ]


def day_order(run: ImportRun) -> DayOrder:
    """Return the order in which days are read: as decided, else the one that fits most cells."""
    return cast(DayOrder, _day_choice(run) or _best(run.findings.get("days", {}), DAY_ORDERS))


def decimal_mark(run: ImportRun) -> DecimalMark:
    """Return the mark that decimals stand behind: as decided, else the one that fits most cells."""
    return cast(DecimalMark, run.choices.get("marks") or _best(run.findings.get("marks", {}), (".", ",")))


def _day_choice(run: ImportRun) -> str:
    fits, fixed = _fitting(run.findings.get("days", {})), source_of(run).day_order
    chosen = str(run.choices.get("days", ""))
    if chosen in DAY_ORDERS:
        return chosen
    return fixed if fixed in fits else fits[0] if len(fits) == 1 else ""


def _fitting(found: Mapping[str, Any]) -> list[str]:
    return [way for way, misfits in found.get("misfits", {}).items() if not misfits]


def _best(found: Mapping[str, Any], ways: Sequence[str]) -> str:
    misfits = found.get("misfits", {})
    return min(ways, key=lambda way: misfits.get(way, 0))


def _days(run: ImportRun) -> Question | None:
    found = run.findings.get("days", {})
    example = found.get("example", "")
    if not example:
        return None
    options = []
    for order in DAY_ORDERS:
        day, misfits = read_day(example, order), found["misfits"][order]
        if day is not None and misfits < found["cells"]:
            fit = _("fits every row") if not misfits else _("does not fit %(count)s rows") % {"count": misfits}
            options.append((order, f"{day:%-d} {_MONTHS[day.month - 1]} {day.year} ({_ORDER_WORDS[order]}: {fit})"))
    return Question("days", _("Dates like %(example)s mean") % {"example": example}, options, _day_choice(run))


_MONTHS = (
    *(gettext_lazy("January"), gettext_lazy("February"), gettext_lazy("March"), gettext_lazy("April")),
    *(gettext_lazy("May"), gettext_lazy("June"), gettext_lazy("July"), gettext_lazy("August")),
    *(gettext_lazy("September"), gettext_lazy("October"), gettext_lazy("November"), gettext_lazy("December")),
)


def _marks(run: ImportRun) -> Question | None:
    found = run.findings.get("marks", {})
    fits = _fitting(found)
    if not found.get("example") or len(fits) == 1:
        return None
    options = [(".", _("1,234.50: a point before the decimals")), (",", _("1.234,50: a comma before the decimals"))]
    label = _("Numbers like %(example)s are written as in") % {"example": found["example"]}
    chosen = run.choices.get("marks", "")
    return Question("marks", label, options, chosen if chosen in (".", ",") else "")


def _currency(run: ImportRun) -> Question | None:
    fields = run.mapping.values()
    if "amount" not in fields or "currency" in fields:
        return None
    return Question(
        "currency", _("All amounts are in"), (), run.choices.get("currency", ""), _("For example EUR or USD")
    )
