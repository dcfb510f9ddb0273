"""What follows a close: a handoff under review, and a client with a year of measurements."""

from decimal import Decimal

from crm.actions.consent import answer_question, fingerprint
from crm.actors import as_user
from crm.models import Question, User
from handoff.actions.brief import answer_question_back, ask_back, clear_item
from handoff.actions.goal import ask_goal_reached
from handoff.actions.handoff import accept_handoff
from handoff.actions.measurement import (
    confirm_measurement,
    correct_measurement,
    dispute_measurement,
    record_measurement,
)
from handoff.demo.board import scene_contact, tell_card
from handoff.demo.board_words import Aim, Card
from handoff.demo.clock import StoryClock
from handoff.demo.scene import Scene
from handoff.models import Goal, Handoff

LEDGER = "Finance ledger, five sites"

SOLVIK = Card(
    "Solvik Fisheries", "solvik.example", "Bodø", "Fish", "Catch that is sold before it lands", Decimal(275_000), (4, 13),
    "rep", "Marit Solvik", "Managing director", (1, 8), 5, "agreed", "agreed",
    "Nine boats land fish each morning; buyers hear of it at noon.",
    "14 of 100 kilograms are sold at half the price, or not at all.",
    "Orders and catch are in two books, kept by two people.",
    ("Catch sold below price", "%", "lower", "14", "6"),
    last=(4, 12),
    more=(Aim("Buyers who know at eight what is landed", "buyers", "raise", "3", "20", weight="nice"),),
)  # fmt: skip

PACIFIC = Card(
    "Pacific Crest Dairy", "pacificcrest.example", "Eureka, California", "Dairy", "Fresh milk that is sold, not poured away",
    Decimal(640_000), (5, 29), "rep", "Rosa Delgado", "VP Operations", (2, 9), 5, "agreed", "agreed",
    "Five sites plan production once a week, by hand.",
    "Fresh stock worth 6.1% of production cost is written off each month; planners work two evenings a week.",
    "The plan is made on Thursday for a week that changes on Monday.",
    ("Fresh stock written off", "% of cost", "lower", "6.1", "4.5"),
    last=(5, 28),
    more=(
        Aim("Fill rate", "%", "raise", "93.4", "97.5", (6, 30, 2027), source="Store orders and delivery notes"),
        Aim("Planning hours a week", "hours", "lower", "46", "20", (3, 31, 2027), "nice", "Time sheets of four planners"),
    ),
)  # fmt: skip

MONTHS = (
    (5, 2026),
    (6, 2026),
    (7, 2026),
    (8, 2026),
    (9, 2026),
    (10, 2026),
    (11, 2026),
    (12, 2026),
    (1, 2027),
    (2, 2027),
    (3, 2027),
)
"""What was measured: months of the story, May 2026 to March 2027."""
WRITTEN_OFF = ("6.1", "6.1", "6.1", "6.0", "6.0", "5.9", "5.8", "5.6", "5.7", "5.7", "5.6")
"""As first entered; December was corrected to 5.8 in January, February is disputed."""
FILL_RATE = ("93.4", "93.5", "93.9", "94.3", "94.8", "95.2", "95.5", "95.8", "96.2", "96.5", "96.8")
PLANNING = ("46", "46", "44", "41", "38", "36", "33", "30", "27", "23", "19")
_LAST_DAY = {5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31, 1: 31, 2: 28, 3: 31}


def tell_handover(clock: StoryClock, staff: dict[str, User]) -> None:
    """A deal that was won yesterday, with its handoff half reviewed: one question back, answered, not read yet."""
    scene = tell_card(clock, staff, SOLVIK)
    with clock.at(4, 12, 16, 0):
        handoff = _close(scene, SOLVIK)
    success = as_user(staff["success"])
    with clock.at(4, 13, 9, 12):
        items = list(handoff.items.all())
        for item in items[:-2]:
            clear_item(actor=success, item_id=item.pk, version=item.version)
        last = items[-1]
        question = ask_back(
            actor=success,
            item_id=last.pk,
            version=last.version,
            text="Which buyers does Marit mean: all, or the large ones?",
        )
    with clock.at(4, 13, 9, 40):
        text = "The twenty she sells to every week. She named them on the phone; the list is in my notes."
        answer_question_back(actor=scene.rep, question_id=question.pk, text=text)


def tell_success(clock: StoryClock, staff: dict[str, User]) -> None:
    """A client eleven months after the close: one goal on track, one at risk, one reached and confirmed."""
    scene = tell_card(clock, staff, PACIFIC)
    with clock.at(5, 29, 10, 0):
        handoff = _close(scene, PACIFIC)
    _take_over(clock, scene, staff, handoff)
    goals = {goal.title: goal for goal in Goal.objects.filter(plan__handoff=handoff)}
    for place, (month, year) in enumerate(MONTHS):
        _measure_month(clock, scene, staff, goals, place, month, year)
        if (month, year) == (12, 2026):
            _correct_december(clock, scene, staff, goals["Fresh stock written off"])
    _confirm_reached(clock, scene, staff, goals["Planning hours a week"])


def _close(scene: Scene, card: Card) -> Handoff:
    question = scene.ask(
        scene_contact(card),
        [scene.move_on()],
        "Are we both better off, and do we work together?",
        "Everything we agreed goes with you, item by item, to the people who deliver it.",
    )
    scene.come_in(scene_contact(card))
    scene.answer(scene_contact(card), question)
    return Handoff.objects.get(deal=scene.deal)


def _take_over(clock: StoryClock, scene: Scene, staff: dict[str, User], handoff: Handoff) -> None:
    success = as_user(staff["success"])
    with clock.at(6, 9, 9, 30):
        for item in handoff.items.all():
            clear_item(actor=success, item_id=item.pk, version=item.version)
        handoff.refresh_from_db()
        accept_handoff(actor=success, handoff_id=handoff.pk, version=handoff.version, asked_of=scene.grant("Rosa").pk)
    with clock.at(6, 12, 14, 0):
        scene.come_in("Rosa")
        _say_yes(scene)


def _say_yes(scene: Scene) -> None:
    """Answer the one question that waits for Rosa."""
    question = Question.objects.open().get(asked_of=scene.grant("Rosa"))
    answer_question(
        actor=scene.buyer("Rosa"),
        question_id=question.pk,
        shown_hash=fingerprint(list(question.consents.all())),
        answer="agreed",
        button="I agree",
    )


def _measure_month(
    clock: StoryClock, scene: Scene, staff: dict[str, User], goals: dict[str, Goal], place: int, month: int, year: int
) -> None:
    """Enter one month's numbers on the 12th of the next (May's with June's: the goals begin then); Rosa confirms most."""
    series = {"Fresh stock written off": WRITTEN_OFF, "Fill rate": FILL_RATE, "Planning hours a week": PLANNING}
    measured_at = clock.moment(month, _LAST_DAY[month], 12, year=year)
    told_month, told_year = (month % 12 + 1, year + (month == 12))
    day = 14 if (month, year) == (5, 2026) else 12
    for title, values in series.items():
        early = title == "Planning hours a week" and (month, year) == (3, 2027)
        with clock.at(told_month, 1 if early else day, 9, 10, year=told_year):
            measurement, _is_new = record_measurement(
                actor=as_user(staff["success"]),
                goal_id=goals[title].pk,
                value=values[place],
                measured_at=measured_at,
                period=f"{measured_at:%B %Y}",
            )
        if (month, year) == (3, 2027) or (title == "Fresh stock written off" and month == 12):
            continue
        with clock.at(told_month, 16, 18, 2, year=told_year):
            if title == "Fresh stock written off" and (month, year) == (2, 2027):
                words = "Site 4 booked the same pallets on two days. I think it was 5.6."
                dispute_measurement(
                    actor=scene.buyer("Rosa"), measurement_id=measurement.pk, version=measurement.version, text=words
                )
            else:
                confirm_measurement(
                    actor=scene.buyer("Rosa"), measurement_id=measurement.pk, version=measurement.version
                )


def _correct_december(clock: StoryClock, scene: Scene, staff: dict[str, User], goal: Goal) -> None:
    with clock.at(1, 18, 11, 30, year=2027):
        first = goal.measurements.current().latest("measured_at")
        corrected = correct_measurement(
            actor=as_user(staff["success"]),
            measurement_id=first.pk,
            version=first.version,
            value="5.8",
            note="The first count left out site 2.",
        )
    with clock.at(1, 20, 10, 0, year=2027):
        confirm_measurement(actor=scene.buyer("Rosa"), measurement_id=corrected.pk, version=corrected.version)


def _confirm_reached(clock: StoryClock, scene: Scene, staff: dict[str, User], goal: Goal) -> None:
    with clock.at(4, 13, 10, 0, year=2027):
        ask_goal_reached(actor=as_user(staff["success"]), goal_id=goal.pk, asked_of=scene.grant("Rosa").pk)
    with clock.at(4, 14, 16, 0, year=2027):
        scene.come_in("Rosa")
        _say_yes(scene)
