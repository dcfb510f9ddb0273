"""Exports hold what their person may see and nothing else, whatever they are asked for, and no cell is a formula."""

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage

from crm.actions import export_job
from crm.actions.erasure import erase_contact
from crm.actions.export_job import Made, cancel_export, drop_exports, export, start_export, work_on_exports
from crm.actors import as_key, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.exports.kind import export_kinds
from crm.models import ApiKey, Contact, Event, ExportJob, ExportState, Organization
from crm.queries.organization import organizations
from deals.models import Deal
from tests.api.caller import make_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(export_job, "AT_ONCE", 2)


def table(content) -> list[dict[str, str]]:
    content.seek(0)
    return list(csv.DictReader(io.StringIO(content.read().decode("utf-8-sig"))))


def clients(*names: str) -> None:
    at = now()
    Organization.objects.bulk_create(Organization(name=name, created_at=at, updated_at=at) for name in names)


def test_a_list_comes_at_once_filtered_and_in_its_order(cast):
    clients("Beta Foods", "=HYPERLINK(1)", "+47 Foods", "-1+1 Foods", "Other")
    rows = organizations(cast.rep, "foods").order_by("-name")
    made = export(actor=cast.rep, kind="organizations", format="csv", rows=rows)
    assert isinstance(made, Made)
    names = [row["Name"] for row in table(made.content)]
    assert set(names) == {"Halvorsen Foods", "Beta Foods", "'+47 Foods", "'-1+1 Foods"}
    assert names.index("Halvorsen Foods") < names.index("Beta Foods")
    everything = export(actor=cast.rep, kind="organizations", format="csv")
    assert "'=HYPERLINK(1)" in [row["Name"] for row in table(everything.content)]
    (event,) = Event.objects.filter(type="data.exported", data__rows=4)
    assert (event.by_user, event.room, event.data) == (cast.maya, None, {"kinds": ["organizations"], "rows": 4})


def test_deals_of_others_are_left_out_whatever_is_asked_for(cast):
    assert cast.deal.title in [
        row["Title"] for row in table(export(actor=cast.rep, kind="deals", format="csv").content)
    ]
    sam = as_user(cast.stranger)
    made = export(actor=sam, kind="deals", format="csv", rows=Deal.objects.all())
    assert table(made.content) == []


def test_private_details_follow_the_rooms(cast):
    mine = {row["Name"]: row["E-mail"] for row in table(export(actor=cast.rep, kind="contacts", format="csv").content)}
    theirs = export(actor=as_user(cast.stranger), kind="contacts", format="csv")
    assert mine["Ingrid Solberg"]
    assert {row["Name"]: row["E-mail"] for row in table(theirs.content)}["Ingrid Solberg"] == ""


def test_a_workbook_holds_text_as_text(cast):
    clients("=1+1")
    made = export(actor=cast.rep, kind="organizations", format="xlsx")
    with zipfile.ZipFile(made.content) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    texts = [node.text for node in sheet.iter() if node.tag.endswith("}t")]
    assert "=1+1" in texts
    assert not [node for node in sheet.iter() if node.tag.endswith("}f")]


def test_many_rows_are_made_in_the_background(cast, few):
    clients("A", "B", "C", "D")
    job = export(actor=cast.rep, kind="organizations", format="csv", rows=organizations(cast.rep).order_by("-name"))
    assert isinstance(job, ExportJob)
    assert work_on_exports() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (ExportState.READY, 5, 5)
    with default_storage.open(job.path, "rb") as content:
        assert [row["Name"] for row in table(content)] == ["Halvorsen Foods", "D", "C", "B", "A"]
    assert job.size == default_storage.size(job.path)
    assert not default_storage.exists(job.ids_path)


def test_what_somebody_may_not_see_any_more_is_left_out(cast, few):
    job = start_export(actor=cast.rep, kind="deals", format="csv", rows=Deal.objects.visible_to(cast.rep))
    Deal.objects.filter(pk=cast.deal.pk).update(archived_at=now())
    work_on_exports()
    with default_storage.open(job.path, "rb") as content:
        assert table(content) == []


@pytest.mark.slow
def test_everything_is_an_archive_with_a_file_for_each_kind(cast):
    job = start_export(actor=cast.rep, kind="everything", format="csv")
    work_on_exports()
    job.refresh_from_db()
    assert job.file_name.endswith(".zip")
    with default_storage.open(job.path, "rb") as content, zipfile.ZipFile(content) as archive:
        assert archive.namelist() == [f"{kind.name}.csv" for kind in export_kinds()]
        assert cast.deal.title in archive.read("deals.csv").decode()
        assert "Fill rate" in archive.read("criteria.csv").decode()
    assert job.done == job.total > 5


def test_a_key_exports_within_its_scopes(cast):
    make_key(cast.maya, "contacts:read")
    key = as_key(ApiKey.objects.select_related("user").get())
    assert export(actor=key, kind="contacts", format="csv")
    with pytest.raises(NotAllowed):
        export(actor=key, kind="deals", format="csv")
    assert start_export(actor=key, kind="everything", format="csv").kinds == ["organizations", "contacts", "users"]


def test_what_cannot_be_exported_is_told(cast):
    with pytest.raises(Invalid):
        export(actor=cast.rep, kind="secrets", format="csv")
    with pytest.raises(Invalid):
        export(actor=cast.rep, kind="deals", format="exe")
    for _number in range(5):
        start_export(actor=cast.rep, kind="deals", format="csv")
    with pytest.raises(Refused):
        start_export(actor=cast.rep, kind="deals", format="csv")


def test_an_export_is_its_persons_own_and_can_be_cancelled(cast, django_capture_on_commit_callbacks):
    job = start_export(actor=cast.rep, kind="deals", format="csv")
    with pytest.raises(NotFound):
        cancel_export(actor=as_user(cast.admin), job_id=job.pk)
    assert cancel_export(actor=cast.rep, job_id=job.pk).state == ExportState.CANCELLED
    assert work_on_exports() == 0
    with pytest.raises(Refused):
        cancel_export(actor=cast.rep, job_id=job.pk)


def test_one_that_is_cancelled_on_the_way_leaves_nothing(cast, monkeypatch):
    job = start_export(actor=cast.rep, kind="deals", format="csv")

    def alive() -> None:
        ExportJob.objects.filter(pk=job.pk).update(state=ExportState.CANCELLED)

    work_on_exports(alive)
    assert not default_storage.exists(job.path)


def test_a_failure_is_told_and_tried_no_more(cast, monkeypatch):
    job = start_export(actor=cast.rep, kind="deals", format="csv")
    monkeypatch.setattr(export_job, "write_kind", lambda *_all: 1 / 0)
    work_on_exports()
    job.refresh_from_db()
    assert job.state == ExportState.FAILED


def test_files_go_after_a_day(cast, django_capture_on_commit_callbacks):
    job = start_export(actor=cast.rep, kind="deals", format="csv")
    work_on_exports()
    assert drop_exports() == 0
    ExportJob.objects.update(finished_at=now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        assert drop_exports() == 1
    assert not default_storage.exists(job.path)


def test_every_kind_costs_the_same_for_any_number_of_rows(cast, django_assert_max_num_queries):
    assert Contact.objects.exists()
    for kind in export_kinds():
        with django_assert_max_num_queries(12):
            export(actor=cast.rep, kind=kind.name, format="csv")


def test_whoever_is_erased_while_it_is_made_is_not_in_it(cast, settings, tmp_path, monkeypatch):
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    person, admin, write = cast.ingrid.contact, as_user(cast.admin), export_job.write_kind
    turns: list[object] = []

    def erased_meanwhile(*given):
        write(*given)
        if not turns:
            erase_contact(actor=admin, contact_id=person.pk, confirmed_name=person.name, ground="Asked for it.")
        turns.append(given)

    monkeypatch.setattr(export_job, "write_kind", erased_meanwhile)
    job = start_export(actor=cast.rep, kind="contacts", format="csv", rows=Contact.objects.all())
    assert work_on_exports() == 2
    job.refresh_from_db()
    assert job.state == ExportState.READY
    with default_storage.open(job.path, "rb") as content:
        assert person.name not in content.read().decode("utf-8-sig")
    assert not default_storage.exists(job.ids_path)
