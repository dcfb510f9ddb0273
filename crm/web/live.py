"""The stream of news for the pages of one browser, and the word that somebody writes in a section."""

from collections.abc import AsyncIterator
from typing import Any

import structlog
from asgiref.sync import SyncToAsync, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from crm.events.live import hub
from crm.events.stream import Stream
from crm.queries.live import staff_readers
from crm.rules.live import Reader
from crm.sessions import row_key

log = structlog.get_logger(__name__)


def is_refresh(request: HttpRequest) -> bool:
    """Whether an open page looks at itself again (`refresh.js`): nobody's act, and no use of a session."""
    return "X-Live-Refresh" in request.headers


@require_GET
def live(request: HttpRequest) -> HttpResponseBase:
    """Tell the pages of a member of staff what happens in their rooms."""
    key = row_key(request.session.session_key or "")
    reader = staff_readers({key: request.user.pk})[key] if request.user.is_authenticated else None
    return stream(request, reader)


def stream(request: HttpRequest, reader: Any) -> HttpResponseBase:
    """Answer with the stream of a reader; 401 where nobody may read, 204 by a server that cannot stream."""
    if not isinstance(reader, Reader):
        return HttpResponse(status=401)
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    known = request.headers.get("Last-Event-ID", "")
    since = int(known) if known.isascii() and known.isdigit() and len(known) < 19 else None
    answer = StreamingHttpResponse(_follow(reader, since), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # a proxy that collects answers would keep the news to itself
    return answer


async def _follow(reader: Reader, since: int | None) -> AsyncIterator[bytes]:
    """Give the chunks of a stream, from the moment all middleware is done with the request until the browser goes."""
    await _give_back()
    listening, opened = hub(), Stream(reader)
    try:
        await listening.open(opened, since)
        async for chunk in opened.chunks(lambda: listening.position or 0):
            yield chunk
    except (TimeoutError, DatabaseError) as error:
        log.warning("live_not_opened", error=type(error).__name__)  # the page comes back by itself
    finally:
        listening.close(opened)


async def _give_back() -> None:
    """Give back the request's database connection and its thread, which Django keeps until an answer is complete.

    The thread ends the way asgiref ends it itself, only earlier; what comes after it in this request gets a new one.
    """
    await sync_to_async(connections.close_all)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    threads = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if threads:
        threads.shutdown(wait=False)
