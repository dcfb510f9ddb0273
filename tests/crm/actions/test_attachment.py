"""Files: what is in them counts, hostile ones stay out, and nothing is served unchecked."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from crm.actions import attachment as attachment_actions
from crm.actions.attachment import add_attachment, check_attachment, take_out_attachment
from crm.actors import as_user
from crm.errors import Invalid, NotAllowed, NotFound
from crm.events.deliver import deliver_owed
from crm.files import is_kept, measure, open_content
from crm.models import Attachment, Event, FileState
from crm.queries.attachment import get_clean_attachment
from crm.rules.file_types import DOCX, MEGABYTE, clean_name
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF"


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return Cast()


def packed(*, fill: bytes = b"<w/>", names: tuple[str, ...] = ("[Content_Types].xml", "word/document.xml")) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as one:
        for name in names:
            # Without the time of day: these bytes name the tests, and every worker must collect the same ones.
            one.writestr(zipfile.ZipInfo(name), fill, compress_type=zipfile.ZIP_DEFLATED)
    return file.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    file = io.BytesIO()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "CANARY <script>")
    Image.new("RGB", size, "teal").save(file, kind, **({"pnginfo": notes} if kind == "PNG" else {}))
    return file.getvalue()


def add(cast: Cast, name: str, content: bytes, **fields) -> Attachment:
    return add_attachment(actor=cast.rep, room_id=cast.deal.room_id, name=name, content=io.BytesIO(content), **fields)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("offer.pdf", PDF, "application/pdf"),
        ("words.txt", "Grüße 🙂 שלום".encode(), "text/plain"),
        ("rows.csv", "a;b\n1;Grün".encode("latin-1"), "text/csv"),
        ("mail.eml", b"From: a@b.example\r\nSubject: <html>\r\n\r\nYes.", "message/rfc822"),
        ("offer.docx", packed(), DOCX),
        ("picture.jpg", picture("JPEG"), "image/jpeg"),
        ("picture.webp", picture("WEBP"), "image/webp"),
    ],
)
def test_good_files_are_checked_and_can_be_opened(cast: Cast, name: str, content: bytes, content_type: str) -> None:
    file = add(cast, name, content)
    assert (file.state, file.content_type, file.size) == (FileState.QUARANTINED, content_type, len(content))
    with pytest.raises(NotFound):
        get_clean_attachment(cast.rep, file.pk)
    deliver_owed()
    assert get_clean_attachment(cast.buyer, file.pk).name == name


def test_a_picture_is_drawn_anew(cast: Cast) -> None:
    file = add(cast, "picture.png", picture())
    with open_content(file.sha256) as content:
        assert b"CANARY" in content.read()
    clean = check_attachment(attachment_id=file.pk)
    assert clean.sha256 != file.sha256
    with open_content(clean.sha256) as content:
        assert b"CANARY" not in content.read()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("offer.pdf", b"MZ\x90\x00 this program", "unknown_type"),
        ("picture.svg", b'<svg xmlns="x"><script>alert(1)</script></svg>', "active_content"),
        ("picture.png", b'  <?xml version="1.0"?><svg/>', "active_content"),
        ("page.txt", b"<!DOCTYPE html><p>", "active_content"),
        ("any.zip", packed(names=("a.txt",)), "unknown_type"),
        (
            "macro.docx",
            packed(names=("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
            "active_content",
        ),
        ("broken.docx", packed()[:60], "unreadable"),
        ("old.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "unknown_type"),
        ("many.docx", packed(names=tuple(f"{n}" for n in range(2001))), "packed_too_large"),
        ("no.eml", b"just words", "unknown_type"),
        ("other.md", "Grün".encode("latin-1"), "unknown_type"),
    ],
)
def test_hostile_files_stay_out(cast: Cast, name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as error:
        add(cast, name, content)
    assert [(fault.field, fault.code) for fault in error.value.faults] == [("file", code)]
    assert not Attachment.objects.exists()


@pytest.mark.slow
def test_a_bomb_is_refused_when_it_is_looked_into(cast: Cast) -> None:
    file = add(cast, "bomb.docx", packed(fill=b"\x00" * (80 * MEGABYTE)))
    assert file.size < MEGABYTE
    assert check_attachment(attachment_id=file.pk).state == FileState.REFUSED
    assert Event.objects.get(type="attachment.refused").data["reason"] == "packed_too_large"
    with pytest.raises(NotFound):
        get_clean_attachment(cast.rep, file.pk)


def test_a_broken_picture_is_refused(cast: Cast) -> None:
    assert check_attachment(attachment_id=add(cast, "a.png", picture()[:40]).pk).state == FileState.REFUSED


def test_too_many_pixels(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("crm.files.PIXEL_LIMIT", 63)
    assert check_attachment(attachment_id=add(cast, "a.png", picture()).pk).state == FileState.REFUSED


def test_too_large_is_told_before_it_is_read(cast: Cast) -> None:
    class Endless(io.BytesIO):
        def read(self, *_args):
            raise AssertionError("nothing of it is read")

    with pytest.raises(Invalid) as error:
        add_attachment(actor=cast.rep, room_id=cast.deal.room_id, name="a.pdf", content=Endless(), size=100 * MEGABYTE)
    assert error.value.faults[0].code == "too_large"
    with pytest.raises(Invalid):
        add(cast, "a.pdf", PDF + b" " * (25 * MEGABYTE), size=3)


@pytest.mark.parametrize("name", ["a\x00.pdf", "a\nb.pdf", "", "a\x07.pdf"])
def test_bad_names(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        add(cast, name, PDF)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\x\\offer.pdf", "offer.pdf"),
        ("fdp.\u202eexe", "fdp.exe.pdf"),
        ("...", "file.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, clean: str) -> None:
    assert clean_name(name, "application/pdf") == clean


def test_what_is_taken_out_while_it_is_looked_into_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    file = add(cast, "picture.png", picture())
    draw, drawn = attachment_actions.looked_into, []

    def look(*given: Any) -> Any:
        take_out_attachment(actor=cast.rep, attachment_id=file.pk)
        drawn.append(draw(*given))
        return drawn[0]

    monkeypatch.setattr(attachment_actions, "looked_into", look)
    assert check_attachment(attachment_id=file.pk).state == FileState.TAKEN_OUT
    deliver_owed()
    assert not is_kept(file.sha256)
    assert not is_kept(measure(drawn[0])[0])


def test_who_may(cast: Cast) -> None:
    private = add(cast, "margin.pdf", PDF, private=True)
    check_attachment(attachment_id=private.pk)
    with pytest.raises(NotFound):
        get_clean_attachment(cast.buyer, private.pk)
    with pytest.raises(NotFound):
        add_attachment(actor=as_user(cast.stranger), room_id=cast.deal.room_id, name="a.pdf", content=io.BytesIO(PDF))
    with pytest.raises(NotAllowed):
        add_attachment(actor=as_user(cast.colleague), room_id=cast.deal.room_id, name="a.pdf", content=io.BytesIO(PDF))


@pytest.mark.slow
def test_the_page_serves_a_download_and_nothing_else(cast: Cast, client: Client) -> None:
    upload = SimpleUploadedFile("offer ä.pdf", PDF)
    file = add_attachment(actor=cast.rep, room_id=cast.deal.room_id, name=str(upload.name), content=upload)
    url = reverse("crm:attachment", args=[file.pk])
    client.force_login(cast.maya)
    assert client.get(url).status_code == 404
    deliver_owed()
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404
