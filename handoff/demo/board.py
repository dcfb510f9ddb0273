"""Telling the deals of the board: each is walked to its stage on its client's own yeses."""

from datetime import timedelta

from crm.actions.comment import add_comment
from crm.actions.consent import withdraw_consent
from crm.clock import frozen
from crm.models import Answer, Consent, User
from deals.actions.stakeholder import add_stakeholder
from handoff.demo.board_words import CARDS, Aim, Card
from handoff.demo.clock import StoryClock
from handoff.demo.scene import Scene, open_scene

__all__ = ["CARDS", "tell_card"]

_STEPS = (
    ("Is this worth talking about?", "An hour that ends with one page about what is in the way."),
    ("Is this our problem, and shall we say what success is?", "A page you can show to your colleagues."),
    ("Is this what success means to us, and shall we test it?", "A number that any supplier can be held to."),
    ("Could it work, and shall we write the plan?", "A first answer from your own figures."),
    ("Do we know how to get there?", "A list of the steps on your side, with names."),
)
_SECTIONS = {1: "problem", 2: "criteria"}
"""The section that is agreed with the move out of the stage of this position."""


def tell_card(clock: StoryClock, staff: dict[str, User], card: Card) -> Scene:
    """Tell one deal up to where its card stands."""
    first, last = clock.moment(*card.begun, 10), clock.moment(*card.last, 15)
    pause = (last - first) / (2 * card.stage + 4)
    at = first
    with frozen(at):
        scene = _open(clock, staff, card)
    for position in range(card.stage):
        at += pause
        with frozen(at):
            _write(scene, clock, staff, card, position)
            if position == 4:
                scene.hand_to(staff["success"])
            section = _SECTIONS.get(position)
            subjects = [scene.subject(section)] if section else []
            question = scene.ask(scene_contact(card), [*subjects, scene.move_on()], *_STEPS[position])
        at += pause
        with frozen(at):
            scene.come_in(scene_contact(card))
            scene.answer(scene_contact(card), question)
    with frozen(last):
        _write(scene, clock, staff, card, card.stage)
        _stand(scene, card)
    return scene


def scene_contact(card: Card) -> str:
    """Return the first name by which the scene knows the client's person."""
    return card.contact.split()[0]


def _open(clock: StoryClock, staff: dict[str, User], card: Card) -> Scene:
    client = {"name": card.client, "domain": card.domain, "city": card.city, "industry": card.industry}
    deal = {
        "title": card.title,
        "amount": str(card.amount),
        "currency": "USD",
        "close_on": clock.day(*card.close),
    }
    scene = open_scene(staff[card.owner], client, deal)
    contact = scene.contact(card.contact, card.position)
    for somebody in ({"side": "seller", "user": scene.owner.pk}, {"side": "buyer", "contact": contact.pk}):
        add_stakeholder(actor=scene.rep, deal_id=scene.deal.pk, values=somebody)
    scene.invite(scene_contact(card))
    with frozen(clock.moment(*card.begun, 10) + timedelta(minutes=30)):
        scene.come_in(scene_contact(card))
    return scene


def _write(scene: Scene, clock: StoryClock, staff: dict[str, User], card: Card, position: int) -> None:
    """Write what the stage at `position` is about, when there is something to write."""
    if position == 1 or (position == 0 and card.stage == 0 and card.problem):
        scene.write("situation", card.situation)
        scene.write("impact", card.impact)
        scene.write("causes", card.cause)
    if position == 2:
        for aim in (Aim(*card.goal), *card.more):
            _write_aim(scene, clock, staff, card, aim)


def _write_aim(scene: Scene, clock: StoryClock, staff: dict[str, User], card: Card, aim: Aim) -> None:
    name = scene_contact(card)
    month, day, year = aim.due
    values = {
        "title": aim.title,
        "counted_as": f"{aim.title}, counted in the same way each month",
        "unit": aim.unit,
        "direction": aim.direction,
        "baseline": aim.baseline,
        "baseline_on": clock.day(*card.begun),
        "baseline_source": aim.source,
        "target": aim.target,
        "due_on": clock.day(month, day, year=year),
        "source": aim.source,
        "measured_by": card.contact,
        "frequency": "month",
        "weight": aim.weight,
        "buyer_owner": name,
        "seller_owner": staff["success"].pk,
    }
    by_client = card.success == ""  # the criterion is theirs, and waits for us
    scene.criterion(values, actor=scene.buyer(name) if by_client else None)


def _stand(scene: Scene, card: Card) -> None:
    """Leave the two sections as the card shows them, unless a move settled them already."""
    name = scene_contact(card)
    if card.problem in ("asked", "change"):
        question = scene.ask(name, [scene.subject("problem")], "Is this your problem?", _STEPS[1][1])
        if card.problem == "change":
            scene.answer(name, question, "change", card.words)
    if card.success == "asked":
        scene.ask(name, [scene.subject("criteria")], "Is this what success means to you?", _STEPS[2][1])
    if card.success == "withdrawn":
        agreed = Consent.objects.get(kind="criteria", room=scene.deal.room_id, answer=Answer.AGREED)
        withdraw_consent(actor=scene.buyer(name), consent_id=agreed.pk, note=card.words)
    if card.success == "" and card.stage == 2:
        body = "I wrote down what I would count. Is that a number you can work towards?"
        add_comment(actor=scene.buyer(name), room_id=scene.deal.room_id, section="criteria", body=body)
