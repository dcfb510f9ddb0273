"""The settings pages of pipelines and stages."""

import pytest
from django.urls import reverse

from deals.models import Pipeline, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_everybody_reads_and_administrators_change(cast: Cast, signed_in) -> None:
    pipeline = Pipeline.objects.get(slug="default")
    for user, may in ((cast.maya, False), (cast.admin, True)):
        client = signed_in(user)
        assert client.get(reverse("crm:settings"), follow=True).redirect_chain[-1][0] == reverse("crm:people")
        html = client.get(reverse("deals:pipeline", args=[pipeline.pk])).content.decode()
        assert "Problem agreed by the client" in html
        assert ("Move Plan a place earlier" in html) is may
        assert (reverse("crm:ledger") in html) is may


@pytest.mark.slow
def test_a_stage_is_opened_changed_and_refused_with_what_was_typed(cast: Cast, signed_in) -> None:
    admin, stage = signed_in(cast.admin), Stage.objects.get(pipeline__slug="default", name="Plan")
    url = reverse("deals:stage", args=[stage.pk])
    assert "success_owner_named" in admin.get(url).content.decode()
    typed = {"name": "Meet", "question": "Kept words?", "gates": ["problem_agreed"], "version": "1"}
    refused = admin.post(url, typed)
    assert refused.status_code == 422
    assert "Another stage of this pipeline has this name." in refused.content.decode()
    assert "Kept words?" in refused.content.decode()
    assert admin.post(url, typed | {"name": "Plan it"}).status_code == 302
    late = admin.post(url, typed | {"name": "Too late"})
    assert late.status_code == 409
    html = late.content.decode()
    assert "Too late" in html
    assert "Plan it" in html
    assert 'name="version" value="2"' in html
    assert admin.post(url, typed | {"name": "Too late", "version": "2"}).status_code == 302
    stage.refresh_from_db()
    assert (stage.name, stage.recorded_is_enough) == ("Too late", False)


@pytest.mark.slow
def test_from_a_new_pipeline_to_a_stage_that_is_taken_out_again(cast: Cast, signed_in) -> None:
    admin, short = signed_in(cast.admin), Pipeline.objects.get(slug="short")
    assert admin.post(reverse("deals:new_pipeline"), {"name": "", "like": short.pk}).status_code == 422
    made = admin.post(reverse("deals:new_pipeline"), {"name": "Renewal", "like": short.pk})
    pipeline = Pipeline.objects.get(name="Renewal")
    assert made.url == reverse("deals:pipeline", args=[pipeline.pk])
    new = reverse("deals:new_stage", args=[pipeline.pk])
    assert "A new stage" in admin.get(new).content.decode()
    assert admin.post(new, {"name": "Look back"}).status_code == 422
    assert admin.post(new, {"name": "Look back", "question": "Did it work?"}).status_code == 302
    stage = pipeline.stages.get(name="Look back")
    assert admin.post(reverse("deals:stage_state", args=[stage.pk, "earlier"]), {"version": "2"}).status_code == 302
    assert admin.post(reverse("deals:stage_state", args=[stage.pk, "earlier"]), {"version": "2"}).status_code == 409
    assert admin.post(reverse("deals:stage_state", args=[stage.pk, "sideways"]), {"version": "3"}).status_code == 404
    assert admin.post(reverse("deals:stage_state", args=[stage.pk, "remove"]), {"version": "3"}).status_code == 302
    edit = reverse("deals:edit_pipeline", args=[pipeline.pk])
    assert admin.post(edit, {"name": "Renew", "place": "1", "version": "4"}).status_code == 302
    assert admin.post(edit, {"name": "Renew", "place": "1", "version": "4"}).status_code == 409
    out = reverse("deals:pipeline_state", args=[pipeline.pk, "archive"])
    version = Pipeline.objects.get(pk=pipeline.pk).version
    assert admin.post(out, {"version": version}).status_code == 302
    assert "Out of use" in admin.get(made.url).content.decode()
    chosen = admin.get(reverse("deals:pipelines"), {"pipeline": str(pipeline.pk)})
    assert chosen.url == made.url
    assert admin.get(reverse("deals:pipelines"), {"pipeline": "x"}).status_code == 404
