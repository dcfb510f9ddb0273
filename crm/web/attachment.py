"""The files of a room: adding one, looking at its pages, downloading it. The room shows the same lists to its guests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.attachment import WORDS, add_attachment, take_out_attachment
from crm.actors import Actor
from crm.errors import Invalid
from crm.files import open_content, open_page
from crm.models import Attachment, Room
from crm.queries.attachment import TakenOut, attachments, get_clean_attachment, get_page, refusals, taken_out
from crm.queries.paging import page_of
from crm.queries.room import get_room
from crm.registry import ways_back
from crm.rules.file_types import EXTENSIONS
from crm.web.actor import staff
from crm.web.forms import attempt

ENDINGS = ", ".join(ending for endings in EXTENSIONS.values() for ending in endings)


class FileForm(forms.Form):
    """A file for a room. What it is, is judged by what is in it."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        help_text=gettext_lazy("PDF, pictures, text, CSV, saved mails, Word and Excel; at most 25 MB."),
    )
    private = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Shown:
    """A file in the list: where it can be looked at ("" when it has no pages), downloaded and taken out ("" for who may not).

    `reason` is why it was refused, `taken_out` who took it out and when.
    """

    file: Attachment
    reason: Any
    look_url: str
    thumbnail_url: str
    download_url: str
    take_out_url: str = ""
    taken_out: TakenOut | None = None


def add_file(actor: Actor, room_id: UUID, form: FileForm) -> Attachment | None:
    """Put the form's file into the room; None when it is refused, with the reason in the form."""

    def act() -> Attachment:
        file = form.files.get("file")
        if file is None:
            raise Invalid.field("file", _("Choose a file."), code="required")
        private = form.cleaned_data["private"]
        return add_attachment(
            actor=actor,
            room_id=room_id,
            name=file.name or "",
            content=cast(BinaryIO, file),
            size=file.size,
            private=private,
        )

    return attempt(form, act)


def files_context(actor: Actor, room: Room, form: FileForm, cursor: str, url: Callable[..., str]) -> dict[str, Any]:
    """Return what `crm/attachment/_files.html` shows. `url(name, *args)` gives the addresses of whoever looks."""
    page = page_of(attachments(actor, room.pk), cursor, by=("-created_at", "-id"))
    reasons, gone = refusals(page.rows), taken_out(actor, page.rows)
    shown = [
        Shown(
            file=file,
            reason=WORDS.get(reasons.get(file.pk, ""), ""),
            look_url=url("attachment_pages", file.pk) if file.has_pages else "",
            thumbnail_url=url("attachment_page", file.pk, 1) if file.has_pages else "",
            download_url=url("attachment", file.pk),
            take_out_url=url("take_out", file.pk) if file.may_be_taken_out_by(actor) else "",
            taken_out=gone.get(file.pk),
        )
        for file in page.rows
    ]
    return {"room": room, "files": shown, "next_cursor": page.next_cursor, "form": form}


def pages_context(file: Attachment, url: Callable[..., str]) -> dict[str, Any]:
    """Return what `crm/attachment/_pages.html` shows."""
    numbers = range(1, file.preview_pages + 1)
    return {"file": file, "pages": [url("attachment_page", file.pk, number) for number in numbers]}


def _url(name: str, *args: Any) -> str:
    return reverse(f"crm:{name}", args=args)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """List the files of a room, newest first; POST adds one."""
    actor = staff(request)
    room = get_room(actor, room_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and add_file(actor, room.pk, form):
        messages.success(request, _("Added. It can be opened as soon as it is checked."))
        return redirect("crm:files", room.pk)
    context = files_context(actor, room, form, request.GET.get("cursor", ""), _url)
    context["ways_back"] = ways_back(actor, room)
    context["may_write"] = Room.objects.writable_by(actor).filter(pk=room.pk).exists()
    return render(request, "crm/attachment/files.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def attachment(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """Download a checked file."""
    return file_response(get_clean_attachment(staff(request), attachment_id))


@login_required
@require_POST
def take_out(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Take a file out of its room."""
    file = take_out_attachment(actor=staff(request), attachment_id=attachment_id)
    messages.success(request, _("Taken out. Nobody can open it any more."))
    return redirect("crm:files", file.room_id)


@login_required
@require_safe
def attachment_pages(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Look at the pages of a file."""
    actor = staff(request)
    file = get_page(actor, attachment_id, 1)
    context = pages_context(file, _url) | {"room": file.room, "download_url": _url("attachment", file.pk)}
    context["ways_back"] = ways_back(actor, file.room)
    return render(request, "crm/attachment/pages.html", context)


@login_required
@require_safe
def attachment_page(request: HttpRequest, attachment_id: UUID, number: int) -> FileResponse:
    """Give the picture of one page."""
    return page_response(get_page(staff(request), attachment_id, number), number)


def file_response(file: Attachment) -> FileResponse:
    """Return a checked file as a download: never shown in the page, never guessed at, never kept by a proxy."""
    response = FileResponse(
        open_content(file.sha256), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    return _guarded(response)


def page_response(file: Attachment, number: int) -> FileResponse:
    """Return the picture of a page, which we drew ourselves, to be shown in one of our pages."""
    return _guarded(FileResponse(open_page(file.sha256, number), content_type="image/webp"))


def _guarded(response: FileResponse) -> FileResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
