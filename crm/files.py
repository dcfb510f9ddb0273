"""Where files lie: by the SHA-256 of their bytes, in Django's storage, outside the web root."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image, ImageOps

from crm.rules.file_types import DOCX, IMAGES, JPEG, PNG, SIZE_LIMIT, WEBP, XLSX, FileFault, check_packed

PIXEL_LIMIT = 40_000_000
CHUNK = 256 * 1024
_FORMATS = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}


def path_of(sha256: str) -> str:
    """Return the name of a content in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _path_of_page(sha256: str, number: int) -> str:
    return f"{path_of(sha256)}.{number}.webp"


def measure(content: BinaryIO) -> tuple[str, int]:
    """Return SHA-256 (64 hex digits) and size in bytes. Raises `FileFault` as soon as it is more than the limit."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if size > SIZE_LIMIT:
            raise FileFault("too_large")
        digest.update(chunk)
    return digest.hexdigest(), size


def keep(content: BinaryIO, sha256: str) -> None:
    """Put a content under its hash; the same content is kept once. Holds the content until the transaction ends."""
    hold(sha256)
    if not default_storage.exists(path_of(sha256)):
        content.seek(0)
        default_storage.save(path_of(sha256), File(content))


def is_kept(sha256: str) -> bool:
    """Return whether a content is in the storage."""
    return default_storage.exists(path_of(sha256))


def hold(sha256: str) -> None:
    """Let nobody else add or remove this content until the transaction ends. Raises RuntimeError outside of one."""
    if not connection.in_atomic_block:
        raise RuntimeError("A content is held within a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(bytes.fromhex(sha256)[:8], signed=True)])


def remove(sha256: str) -> None:
    """Remove a content that the caller holds and that no row names any more. Nothing happens when it is gone already."""
    number = 1
    while default_storage.exists(_path_of_page(sha256, number)):
        default_storage.delete(_path_of_page(sha256, number))
        number += 1
    default_storage.delete(path_of(sha256))


def keep_pages(pages: Sequence[bytes], sha256: str) -> None:
    """Keep the pictures of the pages of a content that the caller holds, beside it: they go when it goes."""
    for number, page in enumerate(pages, 1):
        if not default_storage.exists(_path_of_page(sha256, number)):
            default_storage.save(_path_of_page(sha256, number), ContentFile(page))


def open_page(sha256: str, number: int) -> Any:
    """Open the picture (WebP) of a page, counted from 1. Raises `FileNotFoundError`."""
    return default_storage.open(_path_of_page(sha256, number), "rb")


def open_content(sha256: str) -> Any:
    """Open a kept content for reading. Raises `FileNotFoundError`."""
    return default_storage.open(path_of(sha256), "rb")


def redrawn(content: BinaryIO, content_type: str) -> io.BytesIO:
    """Return an image drawn anew: the same picture, and nothing else that lay in the file. Raises `FileFault`."""
    drawn = io.BytesIO()
    content.seek(0)
    try:
        with Image.open(content, formats=[_FORMATS[content_type]]) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise FileFault("packed_too_large")
            upright = ImageOps.exif_transpose(image)
            bare = upright.convert("RGB") if content_type == JPEG else upright.convert(_mode(upright))
            bare.info.clear()
            bare.save(drawn, _FORMATS[content_type], **({"quality": 90} if content_type != PNG else {}))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileFault("unreadable") from error
    return drawn


def looked_into(content: BinaryIO, content_type: str, size: int) -> BinaryIO:
    """Return what may be served of a content: itself, or an image drawn anew. Raises `FileFault`."""
    if content_type in (DOCX, XLSX):
        check_packed(content, size)
    return redrawn(content, content_type) if content_type in IMAGES else content


def _mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"
