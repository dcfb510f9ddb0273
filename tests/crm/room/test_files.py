"""Files of the room: added by both sides, looked at page by page, opened by whoever may see them and by nobody else."""

import io

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from crm.actions.attachment import (
    add_attachment,
    check_attachment,
    draw_attachment,
    remove_left_content,
    take_out_attachment,
)
from crm.actions.room import add_member
from crm.actors import Actor
from crm.errors import Refused
from crm.events.deliver import deliver_owed
from crm.files import open_page, path_of
from crm.models import Attachment, Event, FileState
from crm.personal_data.files import erase_files
from crm.previews import HEIGHT, PAGES, WIDTH, draw_pages
from crm.rules.file_types import MEGABYTE, PDF
from tests.cast import Cast
from tests.crm.actions.test_attachment import picture
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import record_yes

pytestmark = pytest.mark.django_db
BROKEN = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF"


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    cast = Cast()
    assert cast.ingrid.is_active
    return cast


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


def sheets(count: int) -> bytes:
    document, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _number in range(count):
        document.new_page(595, 842)
    document.save(file)
    return file.getvalue()


def at(cast: Cast, rest: str = "") -> str:
    return f"/room/{cast.deal.room_id}/files/{rest}"


def put(cast: Cast, actor: Actor, content: bytes, name: str = "chart.png", private: bool = False) -> Attachment:
    added = add_attachment(
        actor=actor, room_id=cast.deal.room_id, name=name, content=io.BytesIO(content), private=private
    )
    check_attachment(attachment_id=added.pk)
    draw_attachment(attachment_id=added.pk)
    added.refresh_from_db()
    return added


@pytest.mark.slow
def test_a_guest_adds_a_picture_and_everybody_looks_at_it(cast: Cast, client: Client) -> None:
    sent = {"file": SimpleUploadedFile("Prozeß שלום.png", picture(size=(2000, 1000)))}
    page = client.post(at(cast), sent, follow=True).content.decode()
    assert "Prozeß שלום.png" in page
    assert "Being checked" in page
    deliver_owed()
    file = Attachment.objects.get()
    assert (file.state, file.preview_pages, file.by_contact) == (FileState.CLEAN, 1, cast.ingrid.contact)
    assert f'src="{at(cast, f"{file.pk}/pages/1/")}"' in client.get(at(cast, f"{file.pk}/pages/")).content.decode()
    shown = client.get(at(cast, f"{file.pk}/pages/1/"))
    assert shown["Content-Type"] == "image/webp"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Image.open(io.BytesIO(b"".join(shown))).size == (1200, 600)
    staff = Client()
    staff.force_login(cast.maya)
    assert "Prozeß שלום.png" in staff.get(f"/rooms/{cast.deal.room_id}/files/").content.decode()
    assert staff.get(f"/attachments/{file.pk}/pages/1/").status_code == 200


@pytest.mark.slow
def test_what_is_not_taken_is_said_at_the_field(cast: Cast, client: Client) -> None:
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    refused = [
        (SimpleUploadedFile("chart.svg", script), "holds something that runs"),
        (SimpleUploadedFile("empty.pdf", b""), "This file is empty."),
        (SimpleUploadedFile("setup.exe", b"MZ\x90\x00\x03"), "Files of this kind are not taken"),
        (SimpleUploadedFile("large.pdf", b"%PDF-1.7" + b"0" * (25 * MEGABYTE)), "larger than 25 MB"),
        (None, "Choose a file."),
    ]
    for file, words in refused:
        response = client.post(at(cast), {"file": file} if file else {})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_that_is_refused_when_it_is_looked_into_says_why(cast: Cast, client: Client) -> None:
    put(cast, cast.rep, picture()[:30], "torn.png")
    page = client.get(at(cast)).content.decode()
    assert "torn.png" in page
    assert "damaged" in page


@pytest.mark.slow
def test_pages_are_given_to_those_who_see_the_file_only(cast: Cast, client: Client) -> None:
    ours = put(cast, cast.rep, picture(), "ours.png", private=True)
    theirs = put(cast, cast.buyer, picture("JPEG"), "theirs.jpg", private=True)
    assert "ours.png" not in client.get(at(cast)).content.decode()
    assert client.get(at(cast, f"{ours.pk}/pages/1/")).status_code == 404
    assert client.get(at(cast, f"{theirs.pk}/pages/1/")).status_code == 200
    staff = Client()
    staff.force_login(cast.maya)
    assert staff.get(f"/attachments/{theirs.pk}/pages/").status_code == 404
    stranger = Client()
    stranger.force_login(cast.stranger)
    for path in (f"rooms/{cast.deal.room_id}/files/", f"attachments/{ours.pk}/pages/", f"attachments/{ours.pk}/"):
        assert stranger.get(f"/{path}").status_code == 404
    for number in (0, 2, 99999999999999999999):
        assert staff.get(f"/attachments/{ours.pk}/pages/{number}/").status_code == 404


@pytest.mark.slow
def test_a_pdf_shows_its_pages_and_goes_with_them(cast: Cast, client: Client) -> None:
    file = put(cast, cast.buyer, sheets(12), "offer.pdf")
    assert file.preview_pages == PAGES
    page = client.get(at(cast, f"{file.pk}/pages/")).content.decode()
    assert "Page 10 of offer.pdf" in page
    assert "Download it to read on." in page
    with open_page(file.sha256, 1) as page:
        width, height = Image.open(page).size
    assert width <= WIDTH
    assert height <= HEIGHT
    sha256 = file.sha256
    Attachment.objects.update(sha256="0" * 64)
    remove_left_content(sha256=sha256)
    for name in (path_of(sha256), f"{path_of(sha256)}.1.webp", f"{path_of(sha256)}.10.webp"):
        assert not default_storage.exists(name)


@pytest.mark.slow
def test_a_pdf_that_cannot_be_drawn_can_still_be_downloaded(cast: Cast, client: Client) -> None:
    file = put(cast, cast.rep, BROKEN, "broken.pdf")
    assert (file.state, file.preview_pages) == (FileState.CLEAN, 0)
    assert client.get(at(cast, f"{file.pk}/")).status_code == 200
    assert client.get(at(cast, f"{file.pk}/pages/")).status_code == 404


def test_a_pdf_that_asks_for_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.previews.SECONDS", 0.01)
    assert draw_pages(io.BytesIO(sheets(1)), PDF) == []


def test_a_partner_with_a_limited_grant_sees_the_files_they_added(cast: Cast) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner", sections=["criteria"])
    put(cast, cast.rep, picture(), "offer.png")
    client = client_of(sander.contact)
    client.post(at(cast), {"file": SimpleUploadedFile("route.png", picture())})
    page = client.get(at(cast)).content.decode()
    assert "route.png" in page
    assert "offer.png" not in page


@pytest.mark.slow
def test_the_list_costs_the_same_for_more_files(cast: Cast, client: Client, assert_query_baseline) -> None:
    for number in range(6):
        put(cast, cast.rep, picture(size=(8, 8 + number)), f"chart-{number}.png")
    with assert_query_baseline("room:files"):
        assert client.get(at(cast)).content.decode().count("chart-") >= 6


class TestTakingOut:
    """Who put a file in takes it out, or the owner of the room; a trace stays, and so does evidence."""

    def out(self, cast: Cast, client: Client, file: Attachment) -> str:
        return client.post(at(cast, f"{file.pk}/take-out/"), follow=True).content.decode()

    @pytest.mark.slow
    def test_the_content_goes_and_the_trace_stays(self, cast: Cast, client: Client) -> None:
        file = put(cast, cast.buyer, picture())
        page = client.get(at(cast)).content.decode()
        assert "Take it out" in page
        page = self.out(cast, client, file)
        assert "Taken out by Ingrid Solberg" in page
        assert "<img" not in page[page.index("<main") :]
        assert "Take it out" not in page
        deliver_owed()
        assert not default_storage.exists(path_of(file.sha256))
        assert client.get(at(cast, f"{file.pk}/")).status_code == 404
        self.out(cast, client, file)
        assert Event.objects.filter(type="attachment.taken_out").count() == 1

    @pytest.mark.slow
    def test_the_bytes_stay_while_another_file_has_them(self, cast: Cast, client: Client) -> None:
        file, other = put(cast, cast.buyer, picture()), put(cast, cast.rep, picture())
        self.out(cast, client, file)
        deliver_owed()
        assert file.sha256 == other.sha256
        assert default_storage.exists(path_of(other.sha256))

    @pytest.mark.slow
    def test_nobody_else_does_but_the_owner_of_the_room(self, cast: Cast, client: Client) -> None:
        ours, theirs = put(cast, cast.rep, picture()), put(cast, cast.buyer, picture("JPEG"), "theirs.jpg")
        assert client.post(at(cast, f"{ours.pk}/take-out/")).status_code == 403
        staff = Client()
        staff.force_login(cast.colleague)
        add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.colleague.pk)
        assert staff.post(f"/attachments/{theirs.pk}/take-out/").status_code == 403
        assert "Take it out" not in staff.get(f"/rooms/{cast.deal.room_id}/files/").content.decode()
        staff.force_login(cast.maya)
        assert (
            "Taken out by Maya Okafor"
            in staff.post(f"/attachments/{theirs.pk}/take-out/", follow=True).content.decode()
        )
        assert "Taken out by Maya Okafor" in client.get(at(cast)).content.decode()
        assert Attachment.objects.get(pk=ours.pk).state == FileState.CLEAN

    def test_evidence_stays(self, cast: Cast) -> None:
        file = put(cast, cast.rep, picture())
        cast.write_problem()
        record_yes(cast, cast.problem(), evidence=file.pk)
        with pytest.raises(Refused):
            take_out_attachment(actor=cast.rep, attachment_id=file.pk)
        assert default_storage.exists(path_of(file.sha256))

    def test_its_name_goes_with_the_data_of_whoever_put_it_in(self, cast: Cast, client: Client) -> None:
        file = put(cast, cast.buyer, picture(), "My holidays.png")
        self.out(cast, client, file)
        erase_files(Attachment.objects.filter(by_contact=cast.ingrid.contact))
        file.refresh_from_db()
        assert (file.name, file.state) == ("(erased)", FileState.REFUSED)
