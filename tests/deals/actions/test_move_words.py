"""A stage that is renamed makes other words of the moves from it and to it: what is shown is what is bound."""

import pytest

from crm.errors import Refused, Stale
from crm.models import Consent, Question
from deals.actions.stage_move import execute_move
from deals.models import Deal
from deals.queries.deal import get_deal_page
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to, put_at, say, stage, stage_name

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def rename(cast: Cast, old: str, new: str) -> None:
    renamed = stage(cast.deal, old)
    renamed.name = new
    renamed.save()


@pytest.mark.slow
def test_an_open_question_binds_to_no_other_words_than_it_shows(cast: Cast) -> None:
    question = ask(cast, move_to(cast, "Understand"))
    rename(cast, "Understand", "Sign the contract")
    page = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}/questions/{question.pk}/answer/")
    assert "The words have changed since you were asked" in page.content.decode()
    with pytest.raises(Stale):
        say(question)
    assert Consent.objects.get().answer == "replaced"
    assert stage_name(cast) == "Meet"
    rename(cast, "Sign the contract", "Understand")
    say(ask(cast, move_to(cast, "Understand")))
    assert stage_name(cast) == "Understand"


@pytest.mark.slow
def test_a_yes_to_the_old_name_does_not_move_the_deal(cast: Cast) -> None:
    put_at(cast.deal, "Understand")
    say(ask(cast, move_to(cast, "Define success")))
    rename(cast, "Define success", "Sign the contract")
    say(ask(cast, cast.problem()))
    ahead = stage(cast.deal, "Sign the contract")
    with pytest.raises(Refused) as refusal:
        execute_move(
            actor=cast.rep,
            deal_id=cast.deal.pk,
            version=Deal.objects.get(pk=cast.deal.pk).version,
            to_stage_id=ahead.pk,
        )
    assert [fault.code for fault in refusal.value.faults] == ["consent_missing"]
    assert "Ask about moving on" in get_deal_page(cast.rep, cast.deal.pk).next_step.words
    again = ask(cast, move_to(cast, "Sign the contract"))
    assert again.consents.get().revision.content["stage_move"]["to"]["name"] == "Sign the contract"
    say(again)
    assert stage_name(cast) == "Sign the contract"


def test_rest_gives_the_hash_of_the_present_words(cast: Cast) -> None:
    question = ask(cast, move_to(cast, "Understand"))
    caller = Caller(make_key(cast.maya))

    def shown() -> str:
        return str(caller.get(f"/deals/{cast.deal.pk}/stage-moves/").json()["data"][0]["content_hash"])

    assert shown() == Question.objects.get(pk=question.pk).consents.get().content_hash
    rename(cast, "Understand", "Sign the contract")
    assert shown() != question.consents.get().content_hash
