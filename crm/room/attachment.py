"""Opening a file of the room."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.errors import NotFound
from crm.queries.attachment import get_clean_attachment
from crm.room.actor import participant
from crm.web.attachment import file_response


@never_cache
@require_safe
def attachment(request: HttpRequest, room_id: UUID, attachment_id: UUID) -> FileResponse:
    """Download a checked file that is shared in this room."""
    file = get_clean_attachment(participant(request, room_id), attachment_id)
    if file.room_id != room_id:
        raise NotFound
    return file_response(file)
