"""The words in an answer, also those of archives and PDFs."""

from typing import Any

from asgiref.sync import async_to_sync

from tests.crm.evidence.archives import unpacked
from tests.crm.pdf.test_receipt import words_of


def words_of_answer(answer: Any) -> str:
    """Return what somebody could read in an answer: where it leads, and its content, unpacked."""
    content = async_to_sync(_streamed)(answer) if getattr(answer, "is_async", False) else answer.getvalue()
    kind = answer.headers.get("Content-Type", "")
    files = unpacked(content) if kind == "application/zip" and content else {kind: content}
    return "\n".join([str(answer.headers.get("Location", "")), *(_words(name, one) for name, one in files.items())])


async def _streamed(answer: Any) -> bytes:
    return b"".join([piece async for piece in answer.streaming_content])


def _words(name: str, content: bytes) -> str:
    is_pdf = name.endswith("pdf") and content.startswith(b"%PDF")
    return words_of(content) if is_pdf else content.decode(errors="replace")
