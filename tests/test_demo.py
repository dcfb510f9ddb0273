"""The demo: its story is told whole, adds up, and is told once."""

import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command

from crm.clock import frozen, now
from crm.models import Answer, Consent, Delivery, Event, LedgerEntry, Question, User
from crm.queries.evidence import evidence_faults
from crm.rules.chain import LinkData, StoredPayload, verify_chain
from deals.models import Criterion, Deal, ProblemStatement, Section
from deals.queries.stage_total import missing_figures
from deals.queries.waiting import question_waits
from handoff.demo.clock import StoryClock
from handoff.demo.load import SUCCESS_DAY
from handoff.demo.staff import make_staff
from handoff.demo.success import tell_success
from handoff.models import Goal, Handoff, Measurement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(settings, tmp_path):
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    call_command("load_demo", "--story-only")
    return tmp_path


def _is_whole(room_id) -> bool:
    """Whether a room's chain of records verifies, payloads included."""
    entries = list(LedgerEntry.objects.filter(room=room_id).order_by("seq").select_related("payload"))
    links = [
        LinkData(one.room_id, one.seq, one.type, one.at, one.payload_digest, one.prev_hash, one.hash) for one in entries
    ]
    payloads = {one.seq: StoredPayload(one.payload.content, bytes(one.payload.salt)) for one in entries}
    report = verify_chain(links, payloads)
    return report.is_whole and report.checked == len(entries) > 0


def test_the_story_is_told_whole_and_adds_up(told):
    path = told / "demo-sign-in.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert [line.split()[-2].split("@")[0] for line in lines] == ["rep", "manager", "success", "delivery", "admin"]
    for line in lines:
        email, password = line.split()[-2:]
        assert User.objects.get(email=email).check_password(password)

    open_deals = Deal.objects.open()
    assert open_deals.count() == 13
    assert missing_figures() == {}
    assert list(evidence_faults()) == []
    assert set(Deal.objects.filter(waits_for_client=True)) == set(Deal.objects.filter(question_waits()))
    assert sum(deal.amount or 0 for deal in open_deals) == Decimal(6_550_000)
    assert not Deal.objects.exclude(is_demo=True, room__is_demo=True).exists()
    stages = [deal.stage.name for deal in open_deals.select_related("stage").order_by("stage__position")]
    assert [stages.count(name) for name in ("Meet", "Understand", "Define success", "Test", "Plan", "Agree")] == [
        2, 3, 2, 2, 2, 2,
    ]  # fmt: skip

    halvorsen = Deal.objects.get(organization__name="Halvorsen Foods")
    statements = ProblemStatement.objects.shared().filter(section__deal=halvorsen)
    assert sum(one.amount or 0 for one in statements.filter(part="cost")) == Decimal(5_200_000)
    problem = Section.objects.get(deal=halvorsen, kind="problem")
    agreed = Consent.objects.filter(subject_id=problem.pk, answer=Answer.AGREED)
    assert sorted(agreed.values_list("revision__number", flat=True)) == [2, 3]
    assert not agreed.filter(content_hash=problem.content_hash).exists()
    waiting = Question.objects.open().get(room=halvorsen.room_id)
    assert (waiting.asked_of.contact.name, waiting.consents.get().revision.number) == ("Ingrid Solberg", 4)
    assert waiting.consents.get().content_hash == problem.content_hash
    assert Criterion.objects.shared().filter(section__deal=halvorsen).count() == 4
    assert Criterion.objects.filter(section__deal=halvorsen, private_to="seller", archived_at=None).count() == 1

    states = {
        goal.title: goal.state for goal in Goal.objects.filter(plan__deal__organization__name="Pacific Crest Dairy")
    }
    assert states == {"Fresh stock written off": "at_risk", "Fill rate": "on_track", "Planning hours a week": "reached"}
    assert Handoff.objects.get(deal__organization__name="Solvik Fisheries").is_open

    assert all(_is_whole(room) for room in LedgerEntry.objects.values_list("room", flat=True).distinct())
    at = now()
    assert not Event.objects.filter(at__gt=at).exists()
    assert not Delivery.objects.filter(done_at=None, event__at__lt=at - timedelta(days=3)).exists()
    for room in LedgerEntry.objects.values_list("room", flat=True).distinct():
        times = list(LedgerEntry.objects.filter(room=room).order_by("seq").values_list("at", flat=True))
        assert times == sorted(times)


def test_telling_it_again_changes_nothing(told):
    def counts() -> list[int]:
        return [model.objects.count() for model in (Deal, Event, Consent, Question, LedgerEntry, User)]

    before, file = counts(), (told / "demo-sign-in.txt").read_text()
    call_command("load_demo", "--story-only")
    assert counts() == before
    assert (told / "demo-sign-in.txt").read_text() == file


def test_a_lost_sign_in_file_is_made_anew_with_new_passwords(told):
    path = told / "demo-sign-in.txt"
    before = path.read_text()
    path.unlink()
    call_command("load_demo", "--story-only")
    assert path.read_text() != before
    email, password = path.read_text().splitlines()[0].split()[-2:]
    assert User.objects.get(email=email).check_password(password)


@pytest.mark.django_db(transaction=True)
def test_the_buyers_find_their_links_in_the_outbox(told):
    to = {address for message in mail.outbox for address in message.to}
    assert "ingrid.solberg@halvorsen.example" in to
    assert len(mail.outbox) == 3


def test_without_demo_it_refuses(settings):
    settings.DEMO = False
    with pytest.raises(Exception, match="This is no demo"):
        call_command("load_demo")


@pytest.mark.parametrize(
    "first_start", [datetime(2027, 3, 11, 0, 5, tzinfo=UTC), datetime(2028, 2, 29, 23, 50, tzinfo=UTC)]
)
def test_the_year_after_the_close_reads_the_same_on_any_first_day(settings, tmp_path, first_start):
    with frozen(first_start):
        staff = make_staff(tmp_path / "sign-in.txt")
        tell_success(StoryClock(first_start, SUCCESS_DAY), staff)
    states = {goal.title: goal.state for goal in Goal.objects.all()}
    assert states == {"Fresh stock written off": "at_risk", "Fill rate": "on_track", "Planning hours a week": "reached"}
    periods = Measurement.objects.current().filter(goal__title="Fill rate").values_list("period", flat=True)
    assert len(set(periods)) == 11
    assert not Event.objects.filter(at__gt=first_start).exists()
