"""The table of deals: columns and their order, filters by hand, addresses that are shared, and what cannot be read."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from crm.actors import as_user
from crm.models import CustomField
from deals.actions.deal import open_deal
from tests.cast import Cast

pytestmark = pytest.mark.django_db

URL = "/deals/?form=table"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    CustomField.objects.create(on="deal", key="region", label="Region", type="text")
    assert cast.deal
    for number in range(3):
        open_deal(
            actor=cast.rep,
            title=f"Deal {number}",
            organization_id=cast.halvorsen.pk,
            amount=str(100 * number) if number else None,
            custom={"region": ["North", "South", "West"][number]},
        )
    open_deal(actor=as_user(cast.stranger), title="Not yours", organization_id=cast.halvorsen.pk)
    return cast


@pytest.fixture
def maya(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.maya)
    return client


def titles(html: str) -> list[str]:
    """Return what the rows are about, in their order."""
    return [part.partition("<")[0] for part in html.split('<div class="small faint second">')[1:]]


def shown(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_table_shows_the_deals_one_may_see_and_what_they_come_to(cast: Cast, maya: Client) -> None:
    html = shown(maya, URL)
    assert sorted(titles(html)) == ["Deal 0", "Deal 1", "Deal 2", cast.deal.title]
    assert "Not yours" not in html
    assert "4 deals" in html
    assert "$1,860,300" in html


@pytest.mark.slow
def test_columns_are_chosen_and_sorted_by_with_custom_ones(maya: Client) -> None:
    answer = maya.get(f"{URL}&column=custom.region&column=amount")
    assert unquote(answer.headers["Location"]) == "/deals/?form=table&columns=custom.region,amount"
    html = shown(maya, "/deals/?form=table&columns=custom.region,amount&sort=-custom.region")
    assert titles(html)[:3] == ["Deal 2", "Deal 1", "Deal 0"]
    assert 'aria-sort="descending"' in html
    assert "Waits for</th>" not in html
    assert titles(shown(maya, f"{URL}&sort=amount"))[-1] == "Deal 0"  # the empty one last
    assert titles(shown(maya, f"{URL}&sort=-amount"))[-1] == "Deal 0"


@pytest.mark.slow
def test_a_filter_is_made_by_hand_step_by_step(cast: Cast, maya: Client) -> None:
    step = shown(maya, f"{URL}&where=status:is:open&edit=new&field=amount")
    assert 'name="op"' in step
    answer = maya.get(f"{URL}&where=status:is:open&edit=new&field=amount&op=at_least&value=1%2C000&apply=1")
    made = answer.headers["Location"]
    assert made == "/deals/?form=table&where=status:is:open;amount:at_least:1000"
    html = shown(maya, made)
    assert titles(html) == [cast.deal.title]
    assert "at least 1,000" in html
    answer = maya.get(f"{made}&edit=1.or&field=custom.region&op=has&value=north&apply=1")
    either = answer.headers["Location"]
    assert either.endswith("where=status:is:open;any(amount:at_least:1000;custom.region:has:north)")
    assert sorted(titles(shown(maya, either))) == ["Deal 0", cast.deal.title]
    answer = maya.get(f"{either}&edit=1.1&field=owner&op=is&value=me&apply=1")
    assert answer.headers["Location"].endswith("any(amount:at_least:1000;owner:is:me)")
    assert len(titles(shown(maya, answer.headers["Location"]))) == 4
    quick = maya.get(f"{URL}&where=&edit=new&field=close_on&op=before&value=&period=this-quarter")
    assert quick.headers["Location"] == "/deals/?form=table&where=close_on:in:this-quarter"
    assert "Nothing fits these filters" in shown(maya, quick.headers["Location"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("field=amount&op=at_least&value=much", "is not a number"),
        ("field=amount&op=at_least&value=", "Say what to compare with"),
        ("field=close_on&op=before&value=2026-02-30", "There is no day"),
        ("field=status&op=is", "Say what to compare with"),
        ("field=close_on&op=between&value=2026-02-03", "Say what to compare with"),
    ],
)
def test_what_does_not_fit_is_said_in_the_editor(maya: Client, typed: str, said: str) -> None:
    html = shown(maya, f"{URL}&where=status:is:open&edit=new&{typed}&apply=1")
    assert said in html
    assert "filter-fault" in html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("where=zzz", "cannot be read from here on: “zzz”"),
        ("where=none:is:1", "There is no field “none” here"),
        ("where=custom.gone:is:1", "There is no field “custom.gone” here"),
        ("where=amount:is:many", "“many” is not a number"),
        ("where=any(", "cannot be read"),
        ("sort=ground", "Nothing here can be sorted by “ground”"),
        ("cursor=x", "did not come from here"),
    ],
)
@pytest.mark.parametrize("form", ["table", "board"])
def test_an_address_that_cannot_be_read_says_why_and_shows_nothing(maya, query: str, said: str, form: str) -> None:
    if form == "board" and not query.startswith("where"):
        return
    html = shown(maya, f"/deals/?form={form}&{query}", 400)
    assert said in html
    assert titles(html) == []
    assert "deal-card" not in html


def test_the_same_filter_narrows_the_board(cast: Cast, maya: Client) -> None:
    html = shown(maya, "/deals/?form=board&where=status:is:open;any(amount:at_least:1000;custom.region:is:west)")
    assert html.count('class="deal-card"') == 2
    assert "2 deals, $1.86M" in html
    assert shown(maya, "/deals/?where=amount:at_most:5").count('class="deal-card"') == 0


@pytest.mark.slow
def test_pages_follow_and_all_are_counted_only_when_asked(cast: Cast, maya: Client) -> None:
    for number in range(60):
        open_deal(actor=cast.rep, title=f"More {number}", organization_id=cast.halvorsen.pk, amount="1")
    html = shown(maya, f"{URL}&sort=title")
    first = titles(html)
    assert len(first) == 50
    assert "64 deals" not in html
    rest = html.split('href="')
    following = next(part.partition('"')[0] for part in rest if "cursor=" in part.partition('"')[0]).replace(
        "&amp;", "&"
    )
    assert len(set(first) | set(titles(shown(maya, following)))) == 64
    assert "64 deals" in shown(maya, f"{URL}&count=exact")


@pytest.mark.slow
def test_a_table_costs_the_same_for_any_number_of_deals(cast: Cast, maya: Client, assert_query_baseline) -> None:
    for number in range(20):
        open_deal(actor=cast.rep, title=f"More {number}", organization_id=cast.halvorsen.pk)
    with assert_query_baseline("deals:table"):
        maya.get(f"{reverse('deals:board')}?form=table")
    with assert_query_baseline("deals:board filtered"):
        maya.get(f"{reverse('deals:board')}?where=amount:at_least:1;status:is:open")
