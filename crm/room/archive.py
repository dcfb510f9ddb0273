"""Taking a copy of the room."""

from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.evidence.archive import make_archive
from crm.room.actor import participant
from crm.web.archive import archive_response


@never_cache
@require_safe
def archive(request: HttpRequest, room_id: UUID) -> StreamingHttpResponse:
    """Download everything shared here that whoever is signed in may see."""
    return archive_response(make_archive(participant(request, room_id), room_id))
