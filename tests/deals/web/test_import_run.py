"""The pages of an import: from the file to the report, and what each broken file is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.models import ImportRun, ImportState, Organization
from tests.cast import Cast
from tests.deals.imports.files import worked

pytestmark = pytest.mark.django_db

CLIENTS = "Id,Name,City\n1,Acme,Oslo\n2,,Bergen\n3,=HYPERLINK(1),Bergen\n"


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return Cast()


def send(client: Client, content: bytes | str, kind: str = "organizations", name: str = "clients.csv"):
    raw = content.encode() if isinstance(content, str) else content
    data = {"kind": kind, "source": "", "file": SimpleUploadedFile(name, raw)}
    return client.post(reverse("deals:imports"), data)


def url(run: ImportRun, name: str = "import") -> str:
    return reverse(f"deals:{name}", args=[run.pk])


@pytest.mark.slow
def test_from_the_file_to_the_report(cast, signed_in):
    client = signed_in(cast.maya)
    assert "Nothing was brought in yet" in client.get(reverse("deals:imports")).content.decode()
    assert send(client, CLIENTS).status_code == 302
    run = ImportRun.objects.get()
    html = client.get(url(run)).content.decode()
    assert '<option value="city" selected>' in html
    assert '<option value="utf-8-sig" selected>' in html
    columns = {"version": run.version, "column-0": "id", "column-1": "name", "column-2": "city"}
    assert client.post(url(run, "import_columns"), columns).status_code == 302
    assert "Looking at the whole file first" in client.get(url(run)).content.decode()
    run = worked(run)
    html = client.get(url(run)).content.decode()
    assert "Import 1 row" in html
    assert "begins like a formula" in html
    assert "no name in this row" in html
    assert "<td>Acme</td>" in html
    assert "<td>Acme</td>" not in client.get(f"{url(run)}?show=faults").content.decode()
    assert not Organization.objects.exists()
    assert client.post(url(run, "start_import"), {"version": run.version}).status_code == 302
    run = worked(run)
    assert Organization.objects.get().name == "Acme"
    html = client.get(url(run)).content.decode()
    assert reverse("crm:client", args=[Organization.objects.get().pk]) in html
    report = b"".join(client.get(url(run, "import_report")).streaming_content).decode("utf-8-sig")
    assert report.splitlines()[1].startswith("2,1,Acme,Added")
    assert len(report.splitlines()) == 4
    assert client.post(url(run, "undo_import"), {"version": run.version}).status_code == 302
    assert worked(run).state == ImportState.UNDONE
    assert not Organization.objects.filter(archived_at=None).exists()
    assert client.get(url(run)).status_code == 200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty"),
        (b"\xef\xbb\xbf", "has no header"),
        (b"\n\n", "has no header"),
        (b"a,a\n1,2\n", "These columns are there twice: a"),
        (b"PK\x03\x04rest", "This is an Excel workbook"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"Name\n\x00\x00", "NUL characters"),
        (",".join(f"c{number}" for number in range(400)), "more than 300 columns"),
    ],
)
def test_a_file_that_is_no_table_is_told_so(cast, signed_in, content, said):
    answer = send(signed_in(cast.maya), content)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (b"\xef\xbb\xbfName\nAcme\n", {"added": 1}),
        ("Name;City\nAcme;K\u00f8benhavn\n".encode("cp1252"), {"added": 1}),
        ("Name\tCity\nAcme\tOslo\n".encode("utf-16"), {"added": 1}),
        (b"Name,City\nAcme\nBeta,Oslo,more\nGamma,Oslo\nDelta,Oslo,,,\n", {"added": 2, "fault": 2}),
        (b"Name\nAcme\nAcme\nACME\n", {"added": 1, "left_out": 2}),
        (b'Name,City\n"Acme, Inc.","Two\nlines"\n', {"added": 1}),
        (b"Name\n'=1+1\n", {"added": 1}),
    ],
)
def test_files_as_they_come_are_read(cast, signed_in, content, counts):
    client = signed_in(cast.maya)
    send(client, content)
    run = ImportRun.objects.get()
    client.post(url(run, "import_columns"), {"version": run.version, "column-0": "name"})
    assert worked(run).report["counts"] == counts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Name\n", "a header and no rows"),
        (b"Name\n" + b"x" * 1_100_000, "longer than a million"),
        (b'Name\n"' + b"x\n" * 90_000, "Is a quotation mark missing"),
    ],
)
def test_what_is_found_on_the_way_is_told_on_the_page(cast, signed_in, content, said):
    client = signed_in(cast.maya)
    send(client, content)
    run = ImportRun.objects.get()
    client.post(url(run, "import_columns"), {"version": run.version, "column-0": "name"})
    run = worked(run)
    assert run.state == ImportState.COLUMNS
    assert said in client.get(url(run)).content.decode()


def test_the_right_encoding_is_found(cast, signed_in):
    client = signed_in(cast.maya)
    send(client, "Name;City\nSmørrebrød & Cie;København\n".encode("cp1252"))
    run = ImportRun.objects.get()
    client.post(url(run, "import_columns"), {"version": run.version, "column-0": "name", "column-1": "city"})
    run = worked(run)
    client.post(url(run, "start_import"), {"version": run.version})
    worked(run)
    assert Organization.objects.get().city == "København"


def test_a_file_too_large_is_told_so(cast, signed_in, monkeypatch):
    monkeypatch.setattr("deals.imports.recognise.SIZE_LIMIT", 1000)
    assert "larger than 100 MB" in send(signed_in(cast.maya), b"Name\n" + b"x\n" * 1000).content.decode()


def test_columns_that_are_refused_stay_as_they_were_chosen(cast, signed_in):
    client = signed_in(cast.maya)
    send(client, CLIENTS)
    run = ImportRun.objects.get()
    columns = {"version": run.version, "column-0": "name", "column-1": "name", "column-2": "city"}
    answer = client.post(url(run, "import_columns"), columns)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "becomes “Name” already" in html
    assert html.count('<option value="name" selected>') == 2
    assert client.post(url(run, "import_columns"), {**columns, "version": 99}).status_code == 409


def test_the_columns_are_matched_anew_by_another_preset(cast, signed_in):
    client = signed_in(cast.maya)
    send(client, "Company name,City\nAcme,Oslo\n")
    run = ImportRun.objects.get()
    assert run.source.startswith("hubspot:")
    assert client.post(url(run, "import_source"), {"version": run.version, "source": "file"}).status_code == 302
    run.refresh_from_db()
    assert run.mapping == {"1": "city"}


def test_an_import_is_its_owners_and_administrators_business(cast, signed_in):
    send(signed_in(cast.maya), CLIENTS)
    run = ImportRun.objects.get()
    assert signed_in(cast.colleague).get(url(run)).status_code == 404
    assert signed_in(cast.colleague).get(url(run, "import_report")).status_code == 404
    assert signed_in(cast.admin).get(url(run)).status_code == 200
    assert Client().get(url(run)).status_code == 302
