"""What a stage says to whoever works in it: written by an administrator, read on the page of a deal."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from crm.actors import as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, Stale
from crm.models import Task
from deals.actions.guidance import change_guidance
from deals.actions.pipeline import create_pipeline
from deals.models import Deal, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def sent(*, steps: list[dict[str, str]], material: list[dict[str, str]], **fields: str) -> dict[str, str]:
    data = dict(fields)
    for prefix, rows in (("steps", steps), ("material", material)):
        data |= {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-{at}-{name}": value for at, row in enumerate(rows) for name, value in row.items()}
    return data


def meet() -> Stage:
    return Stage.objects.get(pipeline__slug="default", name="Meet")


STEPS = [
    {"text": "Ask them why", "condition": "", "above": ""},
    {"text": "Bring in the partner", "condition": "partner", "above": ""},
    {"text": "", "condition": "legal", "above": ""},
    {"text": "Ask finance", "condition": "amount", "above": "100,000"},
]
MATERIAL = [{"title": "First talk", "url": "https://library.example/1"}]


@pytest.mark.slow
def test_written_once_and_read_where_one_works(cast: Cast, signed_in) -> None:
    admin, rep, stage = signed_in(cast.admin), signed_in(cast.maya), meet()
    url = reverse("deals:guidance", args=[stage.pk])
    assert rep.get(url).status_code == 403
    Deal.objects.filter(pk=cast.deal.pk).update(
        stage_entered_at=now() - timedelta(days=40), amount=250_000, stage=stage
    )
    assert "What good looks like here" not in rep.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()
    typed = sent(steps=STEPS, material=MATERIAL, good="They talk.", usual_days="10", version="1")
    assert admin.post(url, typed).status_code == 302
    html = rep.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()
    assert "They talk." in html
    assert "for 40 days" in html
    assert "That is longer than the usual 10." in html
    assert "Ask them why" in html
    assert "Ask finance" in html
    assert "Bring in the partner" not in html
    assert 'href="https://library.example/1"' in html
    rep.post(reverse("crm:new_task"), {"title": "Ask them why", "about": str(cast.deal.pk)})
    assert Task.objects.get().title == "Ask them why"
    page = admin.get(url).content.decode()
    assert "changed the stage Meet: good" not in page
    assert "what good looks like" in page
    assert admin.post(url, typed | {"good": "Too late."}).status_code == 409
    answer = rep.get("/api/v1/pipelines/").json()
    told = next(one for line in answer["data"] for one in line["stages"] if one["id"] == str(stage.pk))["guidance"]
    assert (told["good"], told["usual_days"], len(told["steps"])) == ("They talk.", 10, 3)
    assert told["steps"][2] == {"text": "Ask finance", "condition": "amount", "above": "100000"}


def test_what_is_refused_keeps_what_was_typed(cast: Cast, signed_in) -> None:
    steps = [{"text": "x" * 201}, {"text": "Ask finance", "condition": "amount", "above": ""}]
    material = [{"title": "Trap", "url": "javascript:alert(1)"}]
    typed = sent(steps=steps, material=material, good="Kept words", usual_days="0", version="1")
    answer = signed_in(cast.admin).post(reverse("deals:guidance", args=[meet().pk]), typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    for words in ("Kept words", "Step 1:", "Step 2:", "Material 1:", "javascript:alert(1)"):
        assert words in html
    assert meet().good == ""


@pytest.mark.parametrize(
    "values",
    [
        {"steps": "x"},
        {"steps": [1]},
        {"steps": [{"text": "x", "condition": "moon"}]},
        {"steps": [{"text": "x"}] * 21},
        {"material": [{"title": "", "url": "https://x.example"}]},
        {"usual_days": 1001},
        {"usual_days": "soon"},
        {"gates": []},
    ],
)
def test_what_guidance_cannot_be(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        change_guidance(actor=as_user(cast.admin), stage_id=meet().pk, version=1, values=values)


def test_who_changes_it_and_that_a_copy_has_it(cast: Cast) -> None:
    stage = meet()
    with pytest.raises(NotAllowed):
        change_guidance(actor=as_user(cast.jonas), stage_id=stage.pk, version=1, values={"good": "Mine"})
    change_guidance(actor=as_user(cast.admin), stage_id=stage.pk, version=1, values={"good": "They talk."})
    with pytest.raises(Stale):
        change_guidance(actor=as_user(cast.admin), stage_id=stage.pk, version=1, values={"good": "Mine"})
    made = create_pipeline(actor=as_user(cast.admin), name="Renewal", like=stage.pipeline_id)
    assert made.stages.get(name="Meet").good == "They talk."
