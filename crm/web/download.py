"""Files that are made for whoever asks, and sent as downloads: never shown in the page, never kept by a proxy."""

from typing import Any

from django.http import FileResponse

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def download(content: Any, name: str) -> FileResponse:
    """Return a file, from its beginning, as a download called `name`."""
    content.seek(0)
    response = FileResponse(content, as_attachment=True, filename=name, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
