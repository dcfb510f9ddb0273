"""The warning that everything hangs on one buyer."""

from hypothesis import given
from hypothesis import strategies as st

from deals.rules.dependence import Dependence, WaitingQuestion, hangs_on_one

people = st.sampled_from(["aisha", "daniel", "ingrid"])


def waits(subject, *who):
    return WaitingQuestion(subject, frozenset(who))


def test_the_people_screen():
    found = hangs_on_one(
        ["aisha", "ingrid", "ingrid", "ingrid", "daniel"],
        {"aisha", "daniel", "ingrid"},
        [
            waits("problem", "ingrid"),
            waits("value", "daniel"),
            waits("offer", "ingrid"),
            waits("plan", "ingrid", "aisha"),
        ],
    )
    assert found == Dependence("ingrid", 3, 5, ("problem", "offer"), is_only_answerer=False)


def test_the_only_one_who_can_answer_is_named_after_the_first_yes():
    assert hangs_on_one([], {"aisha"}) is None
    assert hangs_on_one(["aisha"], {"aisha"}) == Dependence("aisha", 1, 1, (), is_only_answerer=True)
    assert hangs_on_one(["aisha"], {"aisha", "ingrid"}) is None


@given(st.lists(people, max_size=6), st.sets(people), st.lists(st.frozensets(people, min_size=1), max_size=3))
def test_somebody_on_whom_it_hangs_can_answer_and_gave_most_or_is_alone(yeses, can_answer, questions):
    waiting = [WaitingQuestion(str(number), who) for number, who in enumerate(questions)]
    found = hangs_on_one(yeses, can_answer, waiting)
    if found is None:
        assert not (yeses and len(can_answer) == 1)
        return
    assert found.person_id in can_answer
    assert found.yeses == yeses.count(found.person_id)
    assert found.is_only_answerer == (len(can_answer) == 1)
    assert found.is_only_answerer or (2 * found.yeses > len(yeses) and found.waits_for)


@given(
    st.lists(people, max_size=6), st.sets(people, min_size=2), st.lists(st.frozensets(people, min_size=2), max_size=3)
)
def test_no_warning_when_everything_could_be_answered_by_another(yeses, can_answer, questions):
    waiting = [WaitingQuestion(str(number), who) for number, who in enumerate(questions)]
    assert hangs_on_one(yeses, can_answer, waiting) is None
