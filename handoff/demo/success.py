"""What follows a close: a handoff under review, and a client with a year of measurements."""

from datetime import datetime, timedelta
from decimal import Decimal

from crm.actions.consent import answer_question, fingerprint
from crm.actors import as_user
from crm.clock import frozen
from crm.models import Question, User
from crm.room.forms import BUTTONS
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
from handoff.models import Goal, Handoff, Measurement

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

WRITTEN_OFF = ("6.1", "6.1", "6.1", "6.0", "6.0", "5.9", "5.8", "5.6", "5.7", "5.7", "5.6")
"""As first entered; the eighth was corrected to 5.8, the tenth is disputed."""
FILL_RATE = ("93.4", "93.5", "93.9", "94.3", "94.8", "95.2", "95.5", "95.8", "96.2", "96.5", "96.8")
PLANNING = ("46", "46", "44", "41", "38", "36", "33", "30", "27", "23", "19")
_DISPUTED, _MISCOUNTED = 9, 7
"""The places of February and December in the story's eleven months."""


def tell_handover(clock: StoryClock, staff: dict[str, User]) -> None:
    """A deal that was won yesterday, with its handoff half reviewed: one question back, answered, not read yet."""
    scene = tell_card(clock, staff, SOLVIK)
    with clock.at(4, 12, 16, 0):
        handoff = _close(scene, SOLVIK)
    success = as_user(staff["success"])
    with clock.at(4, 13, 9, 12):
        unclear = handoff.items.get(title=SOLVIK.more[0].title)
        *looked_at, _not_yet = handoff.items.exclude(pk=unclear.pk)
        for item in looked_at:
            clear_item(actor=success, item_id=item.pk, version=item.version)
        question = ask_back(
            actor=success,
            item_id=unclear.pk,
            version=unclear.version,
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
    for place, month_end in enumerate(month_ends(clock.first_start)):
        _measure_month(scene, staff, goals, place, month_end)
    _confirm_reached(clock, scene, staff, goals["Planning hours a week"])


def month_ends(first_start: datetime) -> list[datetime]:
    """Return the ends of the eleven whole months whose numbers are in, ten days before the first start, oldest first."""
    ends: list[datetime] = []
    day = first_start - timedelta(days=10)
    while len(ends) < len(WRITTEN_OFF):
        day = day.replace(day=1, hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
        ends.insert(0, day)
    return ends


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
        button=str(BUTTONS["agreed"]),
    )


def _measure_month(
    scene: Scene, staff: dict[str, User], goals: dict[str, Goal], place: int, month_end: datetime
) -> None:
    """Enter one month's numbers as the next begins, not before the goals began; Rosa confirms all but the last."""
    series = {"Fresh stock written off": WRITTEN_OFF, "Fill rate": FILL_RATE, "Planning hours a week": PLANNING}
    for title, values in series.items():
        begun_at = goals[title].plan.created_at
        entered_at = max(month_end + timedelta(days=1), begun_at + timedelta(days=1))
        with frozen(entered_at):
            measurement, _is_new = record_measurement(
                actor=as_user(staff["success"]),
                goal_id=goals[title].pk,
                value=values[place],
                measured_at=month_end,
                period=f"{month_end:%B %Y}",
            )
        is_waste = title == "Fresh stock written off"
        with frozen(entered_at + timedelta(days=5, hours=6)):
            if is_waste and place == _MISCOUNTED:
                measurement = correct_measurement(
                    actor=as_user(staff["success"]),
                    measurement_id=measurement.pk,
                    version=measurement.version,
                    value="5.8",
                    note="The first count left out site 2.",
                )
        if place + 1 < len(values):
            with frozen(entered_at + timedelta(days=7)):
                _rosa_looks(scene, measurement, disputes=is_waste and place == _DISPUTED)


def _rosa_looks(scene: Scene, measurement: Measurement, *, disputes: bool) -> None:
    rosa = scene.buyer("Rosa")
    if disputes:
        words = "Site 4 booked the same pallets on two days. I think it was 5.6."
        dispute_measurement(actor=rosa, measurement_id=measurement.pk, version=measurement.version, text=words)
    else:
        confirm_measurement(actor=rosa, measurement_id=measurement.pk, version=measurement.version)


def _confirm_reached(clock: StoryClock, scene: Scene, staff: dict[str, User], goal: Goal) -> None:
    with clock.at(4, 13, 10, 0, year=2027):
        ask_goal_reached(actor=as_user(staff["success"]), goal_id=goal.pk, asked_of=scene.grant("Rosa").pk)
    with clock.at(4, 14, 16, 0, year=2027):
        scene.come_in("Rosa")
        _say_yes(scene)
