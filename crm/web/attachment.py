"""Opening a file of a room."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from crm.files import open_content
from crm.models import Attachment
from crm.queries.attachment import get_clean_attachment
from crm.web.actor import staff


@login_required
@require_safe
def attachment(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """Download a checked file."""
    return file_response(get_clean_attachment(staff(request), attachment_id))


def file_response(file: Attachment) -> FileResponse:
    """Return a checked file as a download: never shown in the page, never guessed at, never kept by a proxy."""
    response = FileResponse(
        open_content(file.sha256), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
