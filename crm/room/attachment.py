"""The files of the room, as guests add, see and open them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.attachment import take_out_attachment
from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Attachment
from crm.queries.attachment import get_attachment, get_clean_attachment, get_page
from crm.room.actor import participant
from crm.room.frame import room_of, show
from crm.web.attachment import FileForm, add_file, file_response, files_context, page_response, pages_context


def _url(room_id: UUID, name: str, *args: Any) -> str:
    return reverse(f"room:{name}", args=[room_id, *args])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """List the files of the room, newest first; POST adds one."""
    actor = participant(request, room_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and (added := add_file(actor, room_id, form)):
        return redirect(f"{_url(room_id, 'files')}?said={'file-kept' if added.private_to else 'file-added'}")
    url = partial(_url, room_id)
    context = files_context(actor, room_of(actor), form, request.GET.get("cursor", ""), url) | {"may_write": True}
    return show(request, actor, "room/files.html", context, current="files", status=422 if form.errors else 200)


@never_cache
@require_safe
def attachment(request: HttpRequest, room_id: UUID, attachment_id: UUID) -> FileResponse:
    """Download a checked file that is shared in this room."""
    return file_response(_of_room(room_id, get_clean_attachment(participant(request, room_id), attachment_id)))


@never_cache
@require_POST
def take_out(request: HttpRequest, room_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Take a file out that this person put in."""
    actor = participant(request, room_id)
    take_out_attachment(actor=actor, attachment_id=_of_room(room_id, get_attachment(actor, attachment_id)).pk)
    return redirect(f"{_url(room_id, 'files')}?said=file-out")


@never_cache
@require_safe
def attachment_pages(request: HttpRequest, room_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Look at the pages of a file."""
    actor: Actor = participant(request, room_id)
    file = _of_room(room_id, get_page(actor, attachment_id, 1))
    context = pages_context(file, partial(_url, room_id)) | {"download_url": _url(room_id, "attachment", file.pk)}
    return show(request, actor, "room/file_pages.html", context, current="files")


@never_cache
@require_safe
def attachment_page(request: HttpRequest, room_id: UUID, attachment_id: UUID, number: int) -> FileResponse:
    """Give the picture of one page."""
    return page_response(_of_room(room_id, get_page(participant(request, room_id), attachment_id, number)), number)


def _of_room(room_id: UUID, file: Attachment) -> Attachment:
    if file.room_id != room_id:
        raise NotFound
    return file
