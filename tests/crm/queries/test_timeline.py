"""What happened, in words: every recorded type has some, readers see only theirs, the cost stays the same."""

import ast
import re
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from crm.actions.activity import log_activity
from crm.actions.comment import add_comment
from crm.actors import as_participant, as_user
from crm.clock import now
from crm.errors import NotFound
from crm.happenings import GROUPS, types_of
from crm.models import Event, Organization
from crm.queries.timeline import in_words, organization_timeline, room_timeline
from crm.registry import rendered_types
from deals.actions.stage_move import waive_gate
from deals.models import Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
TYPE = re.compile(r"^[a-z_]+\.[a-z_]+$")
# What f-strings in actions stand for: type of row and verb, answers, entries of the ledger.
BUILT = {
    "{name}.{verb}": [
        f"{row}.{verb}"
        for row in ("problemstatement", "criterion", "stakeholder")
        for verb in ("added", "edited", "shared", "archived")
    ],
    "consent.{answer.value}": ["consent.replaced", "consent.cancelled"],
    "access_request.{state.value}": [f"access_request.{state}" for state in ("approved", "declined", "withdrawn")],
    "goal.{goal.state}": [
        f"goal.{state}" for state in ("no_data", "on_track", "at_risk", "off_track", "reached", "missed")
    ],
    "import.{state}": ["import.finished", "import.cancelled", "import.undone"],
    "consent.{entry}": ["consent.withdrawn", "consent.contested"],
}
DATA = {
    "welcome": True, "kind": "problem", "revision_number": 3, "participant": "", "recorded": False, "type": "call", "minutes": 40,
    "section": "problem", "gate": "problem_agreed", "whose": "", "mine": False,
}  # fmt: skip


def recorded_types(app: str) -> set[str]:
    """Return every event type that the app's actions name."""
    found: set[str] = set()
    for path in [*(ROOT / app / "actions").glob("*.py"), *(ROOT / app / "imports").glob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("record", "_record") and call.args:
                first = call.args[0]
                if isinstance(first, ast.JoinedStr):
                    found |= set(BUILT[ast.unparse(first)[2:-1]])
                else:
                    found |= {
                        str(one.value)
                        for one in ast.walk(first)
                        if isinstance(one, ast.Constant) and TYPE.match(str(one.value))
                    }
            if isinstance(call, ast.Dict):
                texts = [one.value for one in call.values if isinstance(one, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and text.startswith("consent.")}
    return found


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def sentences(actor, cast: Cast) -> list[str]:
    return [str(one.entry.sentence) for one in room_timeline(actor, cast.deal.room_id).happenings]


@pytest.mark.slow
@pytest.mark.parametrize("app", ["crm", "deals", "handoff"])
def test_every_recorded_type_has_words(cast: Cast, app: str) -> None:
    types = recorded_types(app)
    assert len(types) > 10
    assert types <= rendered_types(), types - rendered_types()
    for type in types:
        event = Event(type=type, schema=1, at=now(), subject_id=cast.deal.pk, by_side="seller", data=DATA)
        event.by_user = cast.maya
        (happening,) = in_words(cast.rep, [event])
        assert str(happening.entry.sentence).strip()
        assert "%(" not in str(happening.entry.sentence)
        assert "<svg" in render_to_string("crm/_timeline.html", {"happenings": [happening]})


def test_sentences_have_names(cast: Cast) -> None:
    say(cast, ask(cast))
    log_activity(
        actor=cast.rep,
        room_id=cast.deal.room_id,
        values={"type": "call", "subject": "Daniel asked for the low case", "minutes": 40},
    )
    waive_gate(actor=as_user(cast.jonas), deal_id=to_define(cast), gate="must_have_measurable", reason="Later.")
    told = sentences(cast.rep, cast)
    assert "Ingrid Solberg agreed to the problem, revision 1" in told
    assert "Maya Okafor asked Ingrid Solberg to agree to the problem, revision 1" in told
    assert "Call, 40 min, written down by Maya Okafor: Daniel asked for the low case" in told
    assert "Jonas Weber let the deal go on without: One must-have criterion that can be measured" in told


def to_define(cast: Cast):
    cast.deal.stage = Stage.objects.get(pipeline=cast.deal.pipeline, name="Define success")
    cast.deal.save()
    return cast.deal.pk


def test_readers_see_theirs(cast: Cast) -> None:
    log_activity(actor=cast.rep, room_id=cast.deal.room_id, values={"type": "note", "subject": "CANARY"})
    assert "CANARY" in " ".join(sentences(cast.rep, cast))
    assert "CANARY" not in " ".join(sentences(cast.buyer, cast))
    with pytest.raises(NotFound):
        room_timeline(as_user(cast.stranger), cast.deal.room_id)


def test_a_grant_limits_what_is_told(cast: Cast) -> None:
    ask(cast)
    limited = as_participant(cast.let_in(cast.contact("Legal Lars"), sections=["criteria"]))
    assert not [one for one in sentences(limited, cast) if "problem" in one]
    assert [one for one in sentences(cast.buyer, cast) if "problem" in one]


def test_pages_and_the_client_s_own(cast: Cast) -> None:
    for number in range(5):
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body=f"{number}")
    first = room_timeline(cast.rep, cast.deal.room_id, limit=4)
    second = room_timeline(cast.rep, cast.deal.room_id, first.next_cursor, limit=100)
    ids = [one.id for one in first.happenings + second.happenings]
    assert len(ids) == len(set(ids)) == Event.objects.filter(room=cast.deal.room_id).count()
    assert organization_timeline(cast.rep, cast.halvorsen.pk).happenings[0].id == ids[0]
    other = Organization.objects.create(name="Other", created_at=now(), updated_at=now())
    assert not organization_timeline(cast.rep, other.pk).happenings


@pytest.mark.slow
def test_the_cost_does_not_grow(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            render_to_string(
                "crm/_timeline.html", {"happenings": room_timeline(cast.rep, cast.deal.room_id).happenings}
            )
        return len(queries)

    say(cast, ask(cast))
    add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="First")
    few = cost()
    for _number in range(6):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="More")
        cast.write_problem(f"Situation {_number}")
    assert cost() == few


def test_one_group_is_looked_for_before_the_page_is_cut(cast: Cast) -> None:
    say(cast, ask(cast, cast.problem()))
    for number in range(4):
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body=f"Words {number}")
    log_activity(actor=cast.rep, room_id=cast.deal.room_id, values={"type": "call", "subject": "A call"})

    def shown(group: str) -> set[str]:
        page = organization_timeline(cast.rep, cast.halvorsen.pk, limit=3, group=group)
        return {one.type for one in page.happenings}

    assert "consent.given" not in shown("")
    assert "consent.given" in shown("agreed")
    assert shown("talks") == {"activity.logged", "comment.added"}
    assert shown("numbers") == set()


def test_groups_hold_what_there_is_and_nothing_twice() -> None:
    grouped = [type for group in GROUPS for type in types_of(group)]
    assert set(grouped) <= rendered_types()
    assert len(grouped) == len(set(grouped))
