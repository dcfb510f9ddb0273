"""Pictures of a file's first pages, so that it can be looked at without being opened on the reader's machine.

A PDF is drawn by a process of its own (`python -m crm.previews`: the file comes in, the pages go out, each after its
length in four bytes), which has little time and memory: what a stranger sends may be made to use up both.
"""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pypdfium2
import structlog
from PIL import Image

from crm.rules.file_types import IMAGES, PDF

PAGES = 10
WIDTH, HEIGHT = 1200, 1700
"""The largest picture of a page, in pixels: an upright sheet that can be read on a wide screen."""
SECONDS = 15
MEMORY = 2 * 1024**3
ROOT = Path(__file__).parents[1]
_LENGTH = 4

log = structlog.get_logger(__name__)


def draw_pages(content: BinaryIO, content_type: str) -> list[bytes]:
    """Return the first pages of a checked file as pictures (WebP): one of an image, none of kinds that have no pages.

    A PDF that cannot be drawn has none either; the log says why. It can still be downloaded.
    """
    content.seek(0)
    if content_type in IMAGES:
        with Image.open(content) as image:
            return [_picture(image)]
    return _drawn_apart(content.read()) if content_type == PDF else []


def _drawn_apart(pdf: bytes) -> list[bytes]:
    command = [sys.executable, "-m", "crm.previews"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs
            command, input=pdf, capture_output=True, timeout=SECONDS, check=True, cwd=ROOT
        )
    except subprocess.TimeoutExpired:
        log.warning("preview_not_drawn", reason="too slow")
        return []
    except subprocess.CalledProcessError as error:
        log.warning("preview_not_drawn", reason=error.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200])
        return []
    return list(_split(done.stdout))


def _split(pages: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(pages):
        start = at + _LENGTH
        at = start + int.from_bytes(pages[at:start])
        yield pages[start:at]


def _picture(image: Image.Image) -> bytes:
    drawn = io.BytesIO()
    picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    picture.thumbnail((WIDTH, HEIGHT))
    picture.save(drawn, "WEBP", quality=80)
    return drawn.getvalue()


def _draw_pdf(pdf: bytes) -> Iterator[bytes]:
    document = pypdfium2.PdfDocument(pdf)
    for number in range(min(len(document), PAGES)):
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDTH / max(width, 1), HEIGHT / max(height, 1))
        yield _picture(page.render(scale=scale).to_pil())


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for page in _draw_pdf(sys.stdin.buffer.read()):
        sys.stdout.buffer.write(len(page).to_bytes(_LENGTH) + page)


if __name__ == "__main__":
    _main()
