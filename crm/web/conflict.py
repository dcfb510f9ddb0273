"""Two people wrote at once: both versions of the words, and nothing lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.forms import ChoiceField, MultipleChoiceField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from crm.actors import Actor
from crm.models import Draftable, Event
from crm.rules.merge import GivenUp, Merge, is_all_in
from crm.rules.words import Piece, diff_words
from crm.web.actor import staff
from crm.web.client_field import ClientField
from crm.web.version import VersionedForm, plain_values

KEPT = ("theirs", "mine", "both")


@dataclass(frozen=True)
class Conflicting:
    """What collided: the valid `form` that came second, the row as it is now, and where the decision is sent."""

    kind: str
    heading: str
    form: VersionedForm
    current: Any
    url: str
    draft: Draftable | None = None


@dataclass(frozen=True)
class Field:
    """One field that both changed; `together` is a start for whoever decides."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    together: str
    is_long: bool
    choices: Mapping[str, str]

    @property
    def their_pieces(self) -> list[Piece]:
        """What they changed, word by word."""
        return diff_words(self.said(self.base), self.said(self.theirs))

    @property
    def my_pieces(self) -> list[Piece]:
        """What the second writer changed, word by word."""
        return diff_words(self.said(self.base), self.said(self.mine))

    @property
    def base_words(self) -> str:
        """What both started from, as it reads."""
        return self.said(self.base)

    def said(self, value: str) -> str:
        """What a value reads like: for one of a list, the words of the list."""
        return self.choices.get(value, value)


def conflict_context(actor: Actor, found: Conflicting) -> dict[str, Any]:
    """Return what `crm/_conflict.html` shows: both versions of what collided. Everything else is merged already."""
    form = found.form
    merge = form.merge_with(found.current)
    data = form.sent_again(found.current, merge)
    colliding = list(dict.fromkeys(conflict.field for conflict in merge.conflicts))
    settled = [name for name in form.compared if name not in colliding]
    return {
        "found": found,
        "fields": [_field(found, name, merge) for name in colliding],
        "settled": [(name, value) for name in settled for value in data.getlist(name)],
        "started_from": data["started_from"],
        "names": _names(actor, found),
    }


def _field(found: Conflicting, name: str, merge: Merge) -> Field:
    form = found.form
    versions = (form.base(), plain_values(found.current, (name,)), form.typed())
    base, theirs, mine = (", ".join(form.sent(name, version.get(name, ""))) for version in versions)
    return Field(
        name=name,
        label=str(form.fields[name].label or ""),
        base=base,
        theirs=theirs,
        mine=mine,
        together=merge.together.get(name) or mine,
        is_long=form[name].widget_type == "textarea",
        choices=_choices(form, name, (base, theirs, mine)),
    )


def _choices(form: VersionedForm, name: str, values: Iterable[str]) -> dict[str, str]:
    """Return the words of a field that takes one of a list, by value (those of `values` at least); empty for other fields."""
    field = form.fields[name]
    if isinstance(field, ClientField):
        return {value: field.words_of(value) for value in values if value} | {"": "—"}
    if not isinstance(field, ChoiceField) or isinstance(field, MultipleChoiceField):
        return {}
    pairs: Any = field.choices
    return {str(value): str(words) for value, words in pairs}


def _names(actor: Actor, found: Conflicting) -> dict[str, str]:
    """Return who wrote what stands there now, and who writes. Rows keep who began them; events who changed them last."""
    last = (
        Event.objects.visible_to(actor)
        .filter(subject_id=found.current.pk)
        .select_related("by_user", "by_contact")
        .order_by("-at", "-id")
        .first()
    )
    who = (last.by_contact or last.by_user) if last else None
    theirs = {"theirs": who.name if who else "", "their_side": last.by_side if last else ""}
    return theirs | {"mine": actor.name, "my_side": actor.side}


def conflict_page(request: HttpRequest, found: Conflicting, away: str) -> HttpResponse:
    """Show both versions by themselves; `away` is where "Throw mine away" leads. Answers 409."""
    context = conflict_context(staff(request), found) | {"away": away}
    return render(request, "crm/conflict.html", context, status=409)


def decided(data: QueryDict, names: Sequence[str] = ()) -> QueryDict:
    """Return a form's data with each decision of the conflict page put in its field (all, or those of `names`)."""
    chosen = data.copy()
    for name in names or [key.removeprefix("keep-") for key in data if key.startswith("keep-")]:
        keep = data.get(f"keep-{name}", "")
        if keep in KEPT:
            chosen[name] = data.get(f"{keep}-{name}", "")
    return chosen


def given_up(data: QueryDict, form: VersionedForm, current: Model) -> list[GivenUp]:
    """Return the versions that a decision of the conflict page does not hold whole, in the words they were read in.

    `data` is what was sent and `form` made of it by `decided`. What stands there comes from the row, not the browser.
    """
    found = []
    for name in (name for name in form.compared if f"keep-{name}" in data):
        stands = ", ".join(form.sent(name, plain_values(current, (name,))[name]))
        for words, is_mine in ((stands, False), (data.get(f"mine-{name}", ""), True)):
            if not is_all_in(words, form.data.get(name, "")):
                found.append(GivenUp(name, _choices(form, name, [words]).get(words, words), is_mine))
    return found
