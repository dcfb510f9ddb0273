"""Downloading a room's evidence."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from crm.evidence.archive import Archive, make_archive
from crm.web.actor import staff


@login_required
@require_safe
def archive(request: HttpRequest, room_id: UUID) -> StreamingHttpResponse:
    """Download everything shared in a room, with the record and the script that checks it."""
    return archive_response(make_archive(staff(request), room_id))


def archive_response(archive: Archive) -> StreamingHttpResponse:
    """Return an archive as a download. The database connection is given back before the first piece leaves."""
    if not connection.in_atomic_block:
        connection.close()
    response = StreamingHttpResponse(_sent(archive), content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, archive.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def _sent(archive: Archive) -> AsyncIterator[bytes]:
    """Zip in a thread of its own, one piece ahead of what the reader takes."""
    pieces = archive.pieces()
    try:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            if piece:
                yield piece
    finally:
        pieces.close()
