"""Duplicates in the directory: pairs that look alike, putting two together with a look first, taking them apart again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.duplicate import set_apart
from crm.actions.merge import merge_entries, undo_merge
from crm.actors import Actor
from crm.errors import DomainError, Refused, Stale
from crm.models import DirectoryKind, Merge
from crm.queries.duplicate import likely_pairs
from crm.queries.merge import left_in_words, preview
from crm.queries.search import search
from crm.web.actor import staff
from crm.web.participant import back
from crm.web.submitted import parse_id, version_of

PAGES = {DirectoryKind.ORGANIZATION: "crm:client", DirectoryKind.CONTACT: "crm:contact"}
MERGING = {DirectoryKind.ORGANIZATION: "crm:merge_client", DirectoryKind.CONTACT: "crm:merge_contact"}
OFFERED = 10


class Choice(forms.Form):
    """What is kept of each field, and the versions that were compared."""

    version = forms.IntegerField()
    other_version = forms.IntegerField()

    @property
    def take(self) -> list[str]:
        """The fields that the kept entry takes from the other one."""
        return [
            name.removeprefix("keep-")
            for name, said in self.data.items()
            if name.startswith("keep-") and said == "other"
        ]


@login_required
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """List what looks alike; `?kind=contact` shows people."""
    kind = request.GET.get("kind", DirectoryKind.ORGANIZATION)
    kind = kind if kind in DirectoryKind.values else DirectoryKind.ORGANIZATION
    page = likely_pairs(staff(request), kind, request.GET.get("cursor", ""))
    context = {
        "page": page,
        "kind": kind,
        "detail": PAGES[DirectoryKind(kind)],
        "merging": MERGING[DirectoryKind(kind)],
    }
    return render(request, "crm/merge/duplicates.html", context)


@login_required
@require_POST
def apart(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Say that two entries are not the same."""
    set_apart(actor=staff(request), pair_id=pair_id)
    messages.success(request, _("They stay two, and are not offered again."))
    return back(request)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_client(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Look at two clients as one, and put them together."""
    return _merge(request, DirectoryKind.ORGANIZATION, organization_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Look at two entries of one person, and put them together."""
    return _merge(request, DirectoryKind.CONTACT, contact_id)


def _merge(request: HttpRequest, kind: DirectoryKind, kept_id: UUID) -> HttpResponse:
    actor, named = staff(request), request.POST.get("other") or request.GET.get("with")
    other_id = parse_id(named) if named else None
    if other_id is None or other_id == kept_id:
        return _choose(request, actor, kind, kept_id)
    form = Choice(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            merge = _put_together(actor, kind, kept_id, other_id, form)
        except (Stale, Refused) as error:
            return _show(request, actor, kind, (kept_id, other_id), refusal=error)
        messages.success(request, _("Put together. Old links lead here, and it can be undone from this page."))
        return redirect(PAGES[kind], merge.kept_id)
    return _show(request, actor, kind, (kept_id, other_id))


def _put_together(actor: Actor, kind: DirectoryKind, kept_id: UUID, other_id: UUID, form: Choice) -> Merge:
    return merge_entries(
        actor=actor,
        kind=kind,
        kept_id=kept_id,
        merged_id=other_id,
        version=form.cleaned_data["version"],
        merged_version=form.cleaned_data["other_version"],
        take=form.take,
    )


def _show(
    request: HttpRequest, actor: Actor, kind: DirectoryKind, ids: tuple[UUID, UUID], refusal: DomainError | None = None
) -> HttpResponse:
    try:
        both = preview(actor, kind, *ids)
    except Refused as error:
        return _choose(request, actor, kind, ids[0], refusal=error)
    if both.kept.merged_into_id or both.other.merged_into_id:
        return redirect(PAGES[kind], ids[0])
    context = {"both": both, "refusal": refusal, "merging": MERGING[kind], "detail": PAGES[kind]}
    return render(request, "crm/merge/preview.html", context, status=409 if refusal else 200)


def _choose(
    request: HttpRequest, actor: Actor, kind: DirectoryKind, kept_id: UUID, refusal: DomainError | None = None
) -> HttpResponse:
    """Ask which entry is the same, offering what looks alike and what is searched for."""
    typed = request.GET.get("q", "")
    finds = search(actor, typed, limit=OFFERED, kinds=[kind]) if typed.strip() else []
    context: dict[str, Any] = {
        "kind": kind,
        "kept_id": kept_id,
        "q": typed,
        "found": [one for group in finds for one in group.found if one.id != kept_id],
        "likely": likely_pairs(actor, kind, of=kept_id).pairs,
        "refusal": refusal,
        "merging": MERGING[kind],
        "detail": PAGES[kind],
    }
    return render(request, "crm/merge/choose.html", context, status=409 if refusal else 200)


@login_required
@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Take two entries apart again, and say what was left where it is."""
    merge = undo_merge(actor=staff(request), merge_id=merge_id, version=version_of(request))
    left = left_in_words(merge)
    if left:
        words = gettext_lazy("They are two again. This was changed since, and stays where it is: %(what)s.")
        messages.warning(request, words % {"what": ", ".join(map(str, left))})
    else:
        messages.success(request, _("They are two again, as they were."))
    return redirect(PAGES[DirectoryKind(merge.kind)], merge.kept_id)
