"""Two people wrote at once: both versions of the words, and nothing lost."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from crm.models import Draftable, Event
from crm.rules.merge import merge_fields
from crm.rules.words import Piece, diff_words
from crm.web.actor import staff
from deals.queries.deal import get_deal_page
from deals.web.forms.version import VersionedForm, plain_values

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

    @property
    def their_pieces(self) -> list[Piece]:
        """What they changed, word by word."""
        return diff_words(self.base, self.theirs)

    @property
    def my_pieces(self) -> list[Piece]:
        """What the second writer changed, word by word."""
        return diff_words(self.base, self.mine)


def conflict_page(request: HttpRequest, found: Conflicting, deal_id: UUID) -> HttpResponse:
    """Show both versions of what collided; everything else is merged already. Answers 409."""
    names = tuple(name for name in found.form.merged if name in found.form.fields)
    base, mine, theirs = found.form.base(), found.form.typed(), plain_values(found.current, names)
    merge = merge_fields(base, mine, theirs)
    colliding = list(dict.fromkeys(conflict.field for conflict in merge.conflicts))
    context = {
        "page": get_deal_page(staff(request), deal_id),
        "kind": found.kind,
        "found": found,
        "fields": [_field(found.form, name, base, mine, theirs, merge.together) for name in colliding],
        "settled": {name: value for name, value in merge.values.items() if name not in colliding},
        "started_from": json.dumps(theirs),
        "names": _names(request, found),
    }
    return render(request, "deals/section/conflict.html", context, status=409)


def _field(
    form: VersionedForm,
    name: str,
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    together: Mapping[str, str],
) -> Field:
    return Field(
        name=name,
        label=str(form.fields[name].label or ""),
        base=base.get(name, ""),
        theirs=theirs.get(name, ""),
        mine=mine.get(name, ""),
        together=together.get(name) or mine.get(name, ""),
        is_long=form[name].widget_type == "textarea",
    )


def _names(request: HttpRequest, found: Conflicting) -> dict[str, str]:
    """Return who wrote what stands there now. Rows keep who began them; the event record who changed them last."""
    last = (
        Event.objects.visible_to(staff(request))
        .filter(subject_id=found.current.pk)
        .select_related("by_user", "by_contact")
        .order_by("-at", "-id")
        .first()
    )
    who = (last.by_contact or last.by_user) if last else None
    return {"theirs": who.name if who else "", "side": last.by_side if last else ""}


def decided(data: QueryDict, names: Sequence[str]) -> QueryDict:
    """Return a form's data with each decision of the conflict page put in its field."""
    chosen = data.copy()
    for name in names:
        keep = data.get(f"keep-{name}", "")
        if keep in KEPT:
            chosen[name] = data.get(f"{keep}-{name}", "")
    return chosen
