"""Exports of known systems, brought in by a rep: everything linked, nothing guessed, the same file twice changes nothing."""

import pytest
from django.core import mail
from django.core.files.storage import default_storage

from crm.actors import as_user
from crm.clock import now
from crm.errors import Invalid, Refused
from crm.models import Activity, Consent, Contact, Event, ImportLine, ImportRun, ImportState, Organization, Room
from deals.actions.import_run import cancel_import, match_columns, start_import
from deals.imports.choices import questions
from deals.models import Deal, DealStatus, Stage, StageMove
from deals.queries.stage_total import missing_figures
from tests.cast import Cast
from tests.deals.imports.files import bring_in, check, counts, undo, upload, words, worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return Cast()


@pytest.fixture
def maya(cast):
    return as_user(cast.maya)


def stage(name: str) -> str:
    return f"stage:{Stage.objects.get(pipeline__slug='default', name=name).pk}"


def hubspot(maya) -> dict[str, ImportRun]:
    decided = {
        "stage:Appointment Scheduled": stage("Meet"),
        "stage:Contract Sent": stage("Plan"),
        "owner:Petra Unknown": f"user:{maya.user.pk}",
    }
    return {
        "organizations": bring_in(maya, "organizations", "hubspot-companies.csv"),
        "contacts": bring_in(maya, "contacts", "hubspot-contacts.csv"),
        "deals": bring_in(maya, "deals", "hubspot-deals.csv", decided=decided),
        "activities": bring_in(maya, "activities", "hubspot-calls.csv"),
    }


@pytest.mark.slow
def test_hubspot_comes_in_whole_and_linked(cast, maya):
    runs = hubspot(maya)
    assert {run.source.split(":")[0] for run in runs.values()} == {"hubspot"}
    assert [counts(run) for run in runs.values()] == [{"added": 3}, {"added": 4}, {"added": 4}, {"added": 2}]
    assert Organization.objects.get(name="Nørrebro Bakery").country == "Denmark"
    lise = Contact.objects.get(email="lise@halvorsen.example")
    assert (lise.name, lise.title, lise.organization.name) == ("Lise Halvorsen", "Board member", "Halvorsen Foods")
    won = Deal.objects.get(title="Cellar planning")
    assert (won.status, str(won.amount), won.currency, won.organization.name) == (
        "won",
        "48000.00",
        "EUR",
        "Castellan Wines",
    )
    assert won.ended_at.date().isoformat() == "2026-01-15"
    assert won.is_imported
    planned = Deal.objects.get(title="Waste by store")
    assert (planned.stage.name, planned.status, planned.owner) == ("Plan", "open", cast.maya)
    lost = Deal.objects.get(title="Bread routes")
    assert (lost.status, lost.ended_reason, lost.owner) == ("lost", "Went with what they have", cast.maya)
    call = Activity.objects.get(subject="First talk with Lise")
    assert call.room == Deal.objects.get(title="Demand forecasting").room
    assert call.private_to == "seller"
    assert not Consent.objects.exists()
    assert not mail.outbox
    assert set(Event.objects.exclude(type__startswith="stage_total").values_list("type", flat=True)) == {
        "import.finished"
    }
    assert missing_figures() == {}


@pytest.mark.slow
def test_the_same_files_again_change_nothing(maya):
    hubspot(maya)
    before = list(Deal.objects.order_by("pk").values())
    again = hubspot(maya)
    assert [counts(run) for run in again.values()] == [
        {"unchanged": 3},
        {"unchanged": 4},
        {"unchanged": 4},
        {"unchanged": 2},
    ]
    assert list(Deal.objects.order_by("pk").values()) == before


def test_what_nobody_knows_is_asked_and_nothing_starts_before(maya):
    bring_in(maya, "organizations", "hubspot-companies.csv")
    run = check(maya, "deals", "hubspot-deals.csv")
    asked = {one.key for one in questions(maya, run)}
    assert asked == {"stage:Appointment Scheduled", "stage:Contract Sent", "owner:Petra Unknown"}
    assert counts(run) == {"added": 2, "waiting": 2}
    with pytest.raises(Refused, match="Decide first"):
        start_import(actor=maya, run_id=run.pk, version=run.version)
    assert not Deal.objects.exists()


@pytest.mark.slow
def test_decisions_and_columns_are_remembered(maya):
    runs = hubspot(maya)
    again = upload(maya, "deals", "hubspot-deals.csv")
    assert again.mapping == runs["deals"].mapping
    assert again.choices == runs["deals"].choices


@pytest.mark.slow
def test_salesforce_accounts_stand_below_each_other(maya):
    bring_in(maya, "organizations", "salesforce-accounts.csv")
    again = bring_in(maya, "organizations", "salesforce-accounts.csv")
    below = Organization.objects.get(name="Halvorsen Foods")
    assert below.parent.name == "Halvorsen Holding"
    assert counts(again) == {"unchanged": 2}
    run = bring_in(
        maya, "deals", "salesforce-opportunities.csv", decided={"stage:Prospecting": stage("Meet"), "currency": "USD"}
    )
    assert counts(run) == {"added": 2}
    assert Deal.objects.get(title="Demand forecasting").organization == below


def test_nobody_stands_below_themselves(maya):
    bring_in(maya, "organizations", "Name,Belongs to\nA,B\nB,C\nC,A\nD,D\n")
    assert Organization.objects.filter(parent=None).count() == 2
    bring_in(maya, "organizations", "Name,Belongs to\nA,B\nB,A\n")
    assert Organization.objects.filter(name__in="AB", parent=None).exists()


def test_pipedrive_with_semicolons_and_decimal_commas(maya):
    bring_in(maya, "organizations", "pipedrive-organizations.csv")
    decided = {"stage:Qualified": stage("Understand"), "stage:Negotiations Started": stage("Agree")}
    run = bring_in(maya, "deals", "pipedrive-deals.csv", decided=decided)
    assert run.delimiter == ";"
    assert counts(run) == {"added": 2}
    lost = Deal.objects.get(title="Harvest forecast")
    assert (lost.status, str(lost.amount), lost.ended_at.date().isoformat()) == ("lost", "9500.50", "2025-12-24")
    assert Deal.objects.get(title="Cellar planning").stage.name == "Understand"


def test_a_client_who_is_here_is_found_by_domain_and_only_filled(maya):
    here = Organization.objects.create(
        name="Halvorsen",
        domain="halvorsen.example",
        city="Duluth, MN",
        created_at="2026-01-01T00:00Z",
        updated_at="2026-01-01T00:00Z",
    )
    run = bring_in(maya, "organizations", "hubspot-companies.csv")
    here.refresh_from_db()
    assert counts(run) == {"added": 2, "updated": 1}
    assert (here.name, here.city, here.country) == ("Halvorsen", "Duluth, MN", "United States")
    assert "Kept as it is here: name, city" in words(run, 2)
    undo(maya, run)
    here.refresh_from_db()
    assert (here.country, here.website, here.archived_at) == ("", "", None)


@pytest.mark.slow
def test_undo_archives_what_is_untouched_and_lists_the_rest(cast, maya):
    runs = hubspot(maya)
    touched = Deal.objects.get(title="Demand forecasting")
    Deal.objects.filter(pk=touched.pk).update(version=2)
    undone = undo(maya, runs["deals"])
    assert undone.state == ImportState.UNDONE
    assert counts(undone) == {"kept": 1, "undone": 3}
    assert list(Deal.objects.filter(archived_at=None)) == [touched]
    assert "Somebody worked on it here since" in " ".join(undone.lines.get(result="kept").words)
    kept = undo(maya, runs["organizations"])
    assert counts(kept) == {"kept": 3}
    assert missing_figures() == {}
    again = hubspot(maya)["deals"]
    assert counts(again) == {"added": 3, "unchanged": 1}


def test_a_changed_row_gets_back_what_it_held(maya):
    first = "Id,Name,City\n1,Acme,Oslo\n"
    bring_in(maya, "organizations", first)
    run = bring_in(maya, "organizations", "Id,Name,City\n1,Acme,Bergen\n")
    assert Organization.objects.get().city == "Bergen"
    undo(maya, run)
    assert Organization.objects.get().city == "Oslo"
    assert counts(bring_in(maya, "organizations", "Id,Name,City\n1,Acme,Bergen\n")) == {"updated": 1}


@pytest.mark.slow
def test_nobody_changes_deals_they_do_not_write_in(cast, maya):
    hubspot(maya)
    sam = as_user(cast.stranger)
    decided = {
        "stage:Appointment Scheduled": stage("Meet"),
        "stage:Contract Sent": stage("Plan"),
        "owner:Petra Unknown": "skip",
    }
    changed = (b"Demand forecasting", b"Renamed by a stranger")
    from tests.deals.imports.files import EXPORTS

    content = (EXPORTS / "hubspot-deals.csv").read_bytes().replace(*changed)
    run = bring_in(sam, "deals", content, decided=decided)
    assert counts(run) == {"left_out": 2, "unchanged": 2}
    assert Deal.objects.filter(title="Demand forecasting").exists()
    with pytest.raises(Exception, match="no such import"):
        cancel_import(actor=as_user(cast.colleague), run_id=run.pk)


def test_cancel_stops_at_the_border_of_a_batch(maya, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("deals.imports.job.BATCH", 2)
    run = check(maya, "organizations", "hubspot-companies.csv")
    run = start_import(actor=maya, run_id=run.pk, version=run.version)
    from deals.imports.job import work_on

    assert work_on(run.pk, seconds=0)
    cancel_import(actor=maya, run_id=run.pk)
    run = worked(run)
    assert run.state == ImportState.CANCELLED
    assert Organization.objects.count() == 0
    run = check(maya, "organizations", "hubspot-companies.csv")
    with django_capture_on_commit_callbacks(execute=True):
        cancel_import(actor=maya, run_id=run.pk)
    assert not ImportLine.objects.filter(run=run).exists()
    assert not default_storage.exists(run.path)


def test_a_killed_job_goes_on_behind_its_batches(maya, monkeypatch):
    monkeypatch.setattr("deals.imports.job.BATCH", 1)
    ticks = iter(range(1000))
    monkeypatch.setattr("deals.imports.job.time.monotonic", lambda: next(ticks))
    run = check(maya, "organizations", "hubspot-companies.csv")
    run = start_import(actor=maya, run_id=run.pk, version=run.version)
    from deals.imports.job import work_on

    assert work_on(run.pk, seconds=2)
    assert 0 < Organization.objects.count() < 3
    assert counts(worked(run)) == {"added": 3}


def test_a_line_is_called_what_its_row_is_called(maya):
    run = bring_in(maya, "contacts", "hubspot-contacts.csv")
    assert "Lise Halvorsen" in run.lines.values_list("label", flat=True)
    run = bring_in(maya, "contacts", "Email,Job Title\nlise@bakery.example,Owner\n")
    assert list(run.lines.values_list("label", flat=True)) == ["lise@bakery.example"]


def test_contacts_of_others_are_not_found_out_about(cast, maya):
    bring_in(maya, "contacts", "hubspot-contacts.csv")
    run = bring_in(as_user(cast.stranger), "contacts", "Name,Email\nLise H,lise@halvorsen.example\n")
    assert counts(run) == {"added": 1}
    assert Contact.objects.filter(email="lise@halvorsen.example").count() == 2


def test_our_own_addresses_are_no_contacts(cast, maya):
    run = check(maya, "contacts", f"Name,Email\nMaya,{cast.maya.email}\nLise,lise@halvorsen.example\n")
    assert counts(run) == {"added": 1, "fault": 1}
    assert "one of ours" in words(run, 2)


def test_taking_it_back_changes_nobody_who_is_in_a_room(cast, maya):
    head = "Id,Name,Email,Job title\n"
    bring_in(maya, "contacts", f"{head}7,Ada Lovelace,ada@old.example,Planner\n")
    run = bring_in(maya, "contacts", f"{head}7,Ada Lovelace,ada@new.example,Director\n")
    ada = Contact.objects.get()
    cast.let_in(ada)
    undo(maya, run)
    ada.refresh_from_db()
    assert (ada.email, ada.title) == ("ada@new.example", "Planner")


def test_taking_it_back_ends_no_deal_that_moved_on_a_yes(cast, maya):
    head = "Id,Deal,Client,Status,Ended on\n"
    bring_in(maya, "deals", f"{head}7,Bread,Acme,Lost,2026-01-15\n", unknown_client="add")
    run = bring_in(maya, "deals", f"{head}7,Bread,Acme,Open,\n")
    deal = Deal.objects.get()
    assert deal.status == DealStatus.OPEN
    first, second = Stage.objects.filter(pipeline=deal.pipeline).order_by("position")[:2]
    StageMove.objects.create(deal=deal, from_stage=first, to_stage=second, created_at=now(), executed_at=now())
    undo(maya, run)
    deal.refresh_from_db()
    assert (deal.status, deal.ended_at) == (DealStatus.OPEN, None)


def test_undo_says_what_is_somebody_elses_by_now(cast, maya):
    run = bring_in(maya, "deals", f"Id,Deal,Client,Owner\n7,Bread,Acme,{cast.stranger.name}\n", unknown_client="add")
    run = undo(maya, run)
    assert counts(run) == {"kept": 1}
    assert "not yours to change any more" in words(run, 2)
    assert Deal.objects.get().archived_at is None


def test_a_room_follows_its_deal_back(cast, maya):
    head, sam = "Id,Deal,Client,Owner\n", cast.stranger
    admin = as_user(cast.admin)
    bring_in(admin, "deals", f"{head}7,Bread,Acme,Maya Okafor\n", unknown_client="add")
    run = bring_in(admin, "deals", f"{head}7,Bread,Acme,{sam.name}\n")
    assert Deal.objects.visible_to(as_user(sam)).exists()
    undo(admin, run)
    deal = Deal.objects.get()
    assert (deal.owner, deal.room.owner, deal.room.team) == (cast.maya, cast.maya, cast.maya.team)
    assert not Deal.objects.visible_to(as_user(sam)).exists()


def test_a_column_becomes_one_thing_only(maya):
    run = upload(maya, "organizations", "a,b\nAcme,x\n")
    for mapping in ({"0": "name", "1": "name"}, {"7": "name"}, {"0": "nonsense"}, {}, {"0": "city"}):
        with pytest.raises(Invalid):
            match_columns(actor=maya, run_id=run.pk, version=run.version, mapping=mapping)


@pytest.mark.slow
def test_days_that_read_both_ways_are_asked_about(maya):
    content = "Deal,Client,Ended on,Status,Stage\nOne,Acme,03-01-17,Won,\nTwo,Acme,04-02-17,Won,\n"
    run = check(maya, "deals", content, unknown_client="add")
    (asked,) = [one for one in questions(maya, run) if one.key == "days"]
    assert asked.is_open
    assert [value for value, _label in asked.options] == ["dmy", "mdy", "ymd"]
    run = bring_in(maya, "deals", content, unknown_client="add", days="dmy")
    assert counts(run) == {"added": 2}
    assert Deal.objects.get(title="One").ended_at.date().isoformat() == "2017-01-03"
    assert Organization.objects.get().name == "Acme"
    assert Room.objects.count() == 2
    undo(maya, run)
    assert not Organization.objects.filter(archived_at=None).exists()
    assert not Deal.objects.filter(archived_at=None, status=DealStatus.WON).exists()


def test_many_unknown_owners_are_said_at_once(maya):
    names = "\n".join(f"Deal {number},Agent {number}" for number in range(5))
    content = f"Deal,Owner\n{names}\n"
    run = check(maya, "deals", content, no_client="without")
    assert counts(run) == {"waiting": 5}
    assert run.choices == {"no_client": "without"}
    run = bring_in(maya, "deals", content, no_client="without", decided={"owner:*": f"user:{maya.user.pk}"})
    assert counts(run) == {"added": 5}
    assert Deal.objects.filter(owner=maya.user, organization=None).count() == 5
