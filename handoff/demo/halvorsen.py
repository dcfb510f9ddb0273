"""The story: Nordlicht Analytics and Halvorsen Foods, from the first talk to the day the demo opens on."""

from uuid import UUID

from crm.actions.activity import log_activity
from crm.actions.comment import add_comment
from crm.actions.contact import create_contact
from crm.actions.custom_field import define_custom_fields
from crm.actions.organization import change_organization, create_organization
from crm.actions.recorded_consent import Testimony, record_consent
from crm.actions.room import add_member
from crm.actors import Actor, as_user
from crm.models import CustomFieldOn, CustomFieldType, Question, Side, User
from deals.actions.criterion import edit_criterion
from deals.actions.problem import edit_statement
from deals.actions.stakeholder import add_stakeholder, assess_stakeholder
from deals.models import Criterion, ProblemStatement, Stakeholder
from handoff.demo import halvorsen_words as words
from handoff.demo.clock import StoryClock
from handoff.demo.scene import Scene, open_scene

_FIELDS = (
    (CustomFieldOn.ORGANIZATION.value, "stores_served", "Stores served", CustomFieldType.NUMBER.value),
    (CustomFieldOn.ORGANIZATION.value, "erp", "ERP", CustomFieldType.TEXT.value),
    (CustomFieldOn.ORGANIZATION.value, "fiscal_year", "Fiscal year", CustomFieldType.TEXT.value),
)


def tell_halvorsen(clock: StoryClock, staff: dict[str, User]) -> UUID:
    """Tell the whole story and return the deal's id."""
    with clock.at(2, 9, 9, 30):
        scene = _first_talk(clock, staff)
    _understand(clock, scene, staff)
    _record_the_first_yes(clock, scene)
    success = _write_criteria(clock, scene, staff)
    _agree_on_revision_3(clock, scene)
    _agree_on_success(clock, scene, success)
    _test(clock, scene, staff)
    _plan(clock, scene, staff)
    with clock.at(4, 14, 10, 5):
        scene.ask(
            "Ingrid",
            [scene.subject("problem")],
            "Does revision 4 describe your problem as it is today?",
            f"A page on what waste and empty shelves cost you, ready for your board on {clock.words(4, 30)}. It is yours,"
            " whatever you decide later.",
            note="You agreed to revision 3. Aisha has since changed two things: a cause, and the cost of waste.",
        )
    return scene.deal.pk


def _first_talk(clock: StoryClock, staff: dict[str, User]) -> Scene:
    define_custom_fields(_FIELDS)
    client = {
        "name": "Halvorsen Foods",
        "domain": "halvorsen.example",
        "website": "https://halvorsen.example",
        "industry": "Fresh and chilled food",
        "city": "Duluth, Minnesota",
        "country": "United States",
        "custom": {"stores_served": "214", "erp": "Own build, 2011", "fiscal_year": "January to December"},
    }
    deal = {
        "title": "Demand forecasting for fresh and chilled",
        "amount": "1860000",
        "currency": "USD",
        "amount_note": "over 3 years",
        "close_on": clock.day(5, 29),
    }
    scene = open_scene(staff["rep"], client, deal, words.ROOM_TITLE)
    _belongs_to_a_group(scene)
    scene.contact("Ingrid Solberg", "VP Supply Chain")
    scene.contact("Daniel Reyes", "CFO")
    scene.contact("Aisha Karim", "Head of Demand Planning")
    scene.contact("Erik Nyström", "Commercial Director")
    scene.contact("Ruth Abara", "Head of Data and IT")
    scene.write("quote", words.QUOTE, said_by="Aisha Karim", said_on=clock.day(2, 9))
    scene.invite("Aisha")
    with clock.at(2, 9, 11, 0):
        scene.come_in("Aisha")
        question = scene.ask(
            "Aisha",
            [scene.move_on()],
            "Is it worth an hour of both of us to write down what is in the way?",
            "One page that says what happens between Saturday and Monday, in your words.",
        )
    with clock.at(2, 9, 15, 20):
        scene.answer("Aisha", question)
    return scene


def _belongs_to_a_group(scene: Scene) -> None:
    group = create_organization(
        actor=scene.rep, values={"name": "Halvorsen Group", "city": "Oslo", "country": "Norway"}
    )
    change_organization(
        actor=scene.rep,
        organization_id=scene.organization.pk,
        version=scene.organization.version,
        values={"parent": group.pk},
    )


def _understand(clock: StoryClock, scene: Scene, staff: dict[str, User]) -> None:
    with clock.at(2, 20, 16, 0):
        scene.write("situation", words.SITUATION)
        scene.write("impact", words.IMPACT)
        scene.write("causes", words.CAUSES)
        question = scene.ask(
            "Aisha",
            [scene.subject("problem")],
            "Is this what you told us?",
            "A page you can show to Ingrid, whoever helps you in the end.",
        )
    with clock.at(2, 23, 9, 15):
        note = "Say what we have tried already, and put a price on doing nothing. Without these two nobody reads on."
        scene.answer("Aisha", question, "change", note)
    with clock.at(2, 24):
        add_member(actor=scene.rep, room_id=scene.deal.room_id, user_id=staff["delivery"].pk)
    with clock.at(2, 27, 17, 0):
        scene.write("tried", words.TRIED)
        _cost(scene, "Margin on lost sales", "3630000", "$16.5M a year at 22%")
        _cost(scene, "Fresh stock written off", "1200000", "Estimate by Aisha Karim")


def _cost(scene: Scene, text: str, amount: str, source: str) -> None:
    scene.write("cost", text, amount=amount, currency="USD", period="year", source=source)


def _record_the_first_yes(clock: StoryClock, scene: Scene) -> None:
    with clock.at(3, 2, 10, 30):
        scene.invite("Ingrid")
        scene.invite("Ruth")
    with clock.at(3, 2, 11, 8) as given_at:
        record_consent(
            actor=scene.rep,
            asked_of=scene.grant("Ingrid").pk,
            subjects=[scene.subject("problem"), scene.move_on()],
            sentence="Is this our problem, and do we go on to what success would be?",
            testimony=Testimony(
                answer="agreed",
                words="Yes. That is our problem, and I want to see what we would call a success.",
                channel="phone",
                given_at=given_at,
                given_where="On the phone, with Aisha in the room",
            ),
        )
    with clock.at(3, 2, 14, 0):
        scene.come_in("Ruth")
    with clock.at(3, 3, 8, 40):
        scene.come_in("Ingrid")


def _agree_on_revision_3(clock: StoryClock, scene: Scene) -> None:
    with clock.at(3, 16, 18, 20):
        scene.write("outcome", words.OUTCOME, actor=scene.buyer("Aisha"))
        scene.write("out_of_scope", words.OUT_OF_SCOPE)
    with clock.at(3, 16, 18, 31):
        question = scene.ask(
            "Ingrid",
            [scene.subject("problem")],
            "Does revision 3 describe your problem as it is today?",
            "Three figures you can defend in front of your board.",
        )
    with clock.at(3, 17, 16, 42):
        scene.come_in("Ingrid")
        scene.answer("Ingrid", question)


def _write_criteria(clock: StoryClock, scene: Scene, staff: dict[str, User]) -> Question:
    """Write the criteria twice and return the question about them and the move."""
    with clock.at(3, 10, 10, 0):
        made = {}
        for name, values in words.criteria(clock).items():
            made[name] = scene.criterion(values | {"seller_owner": staff[values["seller_owner"]].pk})
    with clock.at(3, 12, 9, 30):
        question = scene.ask(
            "Ingrid",
            [scene.subject("criteria")],
            "Is this what success means to you?",
            "Four numbers that any supplier can be held to.",
        )
    with clock.at(3, 13, 17, 5):
        scene.come_in("Ingrid")
        scene.answer("Ingrid", question, "change", "24 planning hours are too many. Aisha says 20 can be done.")
    with clock.at(3, 16, 9, 0):
        planning = Criterion.objects.get(pk=made["planning"])
        edit_criterion(actor=scene.rep, criterion_id=planning.pk, version=planning.version, values={"target": "20"})
        scene.invite("Daniel")
        return scene.ask(
            "Ingrid",
            [scene.subject("criteria"), scene.move_on()],
            "Is this what success means to you, and shall we test whether it can be reached?",
            "Four numbers that any supplier can be held to.",
        )


def _agree_on_success(clock: StoryClock, scene: Scene, ask_ingrid: Question) -> None:
    with clock.at(3, 19, 14, 30):
        scene.come_in("Daniel")
        ask_daniel = scene.ask(
            "Daniel",
            [scene.subject("criteria")],
            "Is $431 million by the end of 2028 what success means for revenue?",
            "A revenue target that both of us can measure in the same way.",
        )
    with clock.at(3, 19, 15, 50):
        scene.answer("Daniel", ask_daniel)
    with clock.at(3, 19, 16, 10):
        scene.come_in("Ingrid")
        note = "Yes. If these four happen, I will call it a success, whatever else happens."
        scene.answer("Ingrid", ask_ingrid, "agreed", note)


def _test(clock: StoryClock, scene: Scene, staff: dict[str, User]) -> None:
    with clock.at(3, 26, 13, 0):
        scene.invite("Erik")
        fjordline = create_organization(
            actor=scene.rep,
            values={"name": "Fjordline Logistics", "domain": "fjordline.example", "industry": "Logistics"},
        )
        values = {"name": "Sander Bakke", "title": "Replenishment lead", "organization": fjordline.pk}
        values["email"] = "sander.bakke@fjordline.example"
        scene.contacts["Sander"] = create_contact(actor=scene.rep, values=values)
        scene.invite("Sander", Side.PARTNER, ["criteria"])
        _map(scene, staff)
    with clock.at(3, 27, 8, 15):
        scene.come_in("Erik")
    with clock.at(4, 7, 9, 0):
        question = scene.ask(
            "Ingrid",
            [scene.move_on()],
            "Shall we write the plan together?",
            "A list of the steps on your side, with names, whoever delivers.",
        )
    with clock.at(4, 7, 13, 50) as given_at:
        record_consent(
            actor=scene.rep,
            asked_of=scene.grant("Daniel").pk,
            subjects=[scene.move_on()],
            sentence="Can we go on and write the plan together?",
            testimony=Testimony(
                answer="agreed",
                words="Yes, go ahead, but show me the low case.",
                channel="phone",
                given_at=given_at,
                given_where="On the phone",
            ),
        )
    with clock.at(4, 7, 14, 2):
        scene.come_in("Ingrid")
        scene.answer("Ingrid", question)


def _map(scene: Scene, staff: dict[str, User]) -> None:
    """Draw the people map, and what Nordlicht thinks, which stays with Nordlicht."""
    placed: dict[str, Stakeholder] = {}
    for entry in words.MAP:
        values = {key: value for key, value in entry.items() if key not in ("assessment", "reports_to")}
        if "contact" in entry:
            values["contact"] = scene.contacts[entry["contact"]].pk
        if "user" in entry:
            values["user"] = staff[entry["user"]].pk
            if entry["user"] == "success":
                continue  # he comes in when the plan is written
        if "reports_to" in entry:
            values["reports_to"] = placed[entry["reports_to"]].pk
        row = add_stakeholder(actor=scene.rep, deal_id=scene.deal.pk, values=values)
        placed[entry.get("contact", "")] = row
        if "assessment" in entry:
            influence, attitude, note = entry["assessment"]
            assess_stakeholder(
                actor=scene.rep, stakeholder_id=row.pk, influence=influence, attitude=attitude, note=note
            )


def _plan(clock: StoryClock, scene: Scene, staff: dict[str, User]) -> None:
    with clock.at(4, 8, 9, 0):
        scene.hand_to(staff["success"])
        takes_over = {**words.MAP[-1], "user": staff["success"].pk}
        add_stakeholder(actor=scene.rep, deal_id=scene.deal.pk, values=takes_over)
    with clock.at(4, 9, 10, 0) as at:
        body = (
            "He asked for the low case. Maya showed it: +1,130 for Halvorsen, +599 for Nordlicht, in thousand dollars."
        )
        values = {"type": "call", "subject": "Call with Daniel Reyes", "body": body, "at": at, "minutes": 40}
        log_activity(actor=scene.rep, room_id=scene.deal.room_id, values=values)
    with clock.at(4, 9, 11, 30):
        _comment(
            scene,
            as_user(staff["delivery"]),
            "out_of_scope",
            "Good that frozen is out. Their freezer data has gaps until March.",
            private=True,
        )
    with clock.at(4, 10, 8, 40):
        scene.come_in("Sander")
    with clock.at(4, 13, 15, 5):
        scene.come_in("Aisha")
        _aisha_corrects(scene)
    with clock.at(4, 13, 15, 40):
        scene.come_in("Erik")
        _comment(
            scene,
            scene.buyer("Erik"),
            "causes",
            "True, and it is my team who fixes them. I can live with this sentence if the plan gives us somebody to do the"
            " forecasting.",
        )
    with clock.at(4, 13, 16, 2):
        body = f"It does: the promotions desk, from {clock.words(5, 8)}. Would you look at it with Aisha?"
        _comment(scene, scene.rep, "causes", body)
    with clock.at(4, 13, 16, 20):
        body = "I want store managers to stop ringing my team about promotions."
        add_comment(actor=scene.buyer("Erik"), room_id=scene.deal.room_id, section="criteria", body=body)
    with clock.at(4, 13, 17, 30):
        values = words.DRAFT_CRITERION | {"seller_owner": staff[words.DRAFT_CRITERION["seller_owner"]].pk}
        scene.criterion(values, private=True)


def _aisha_corrects(scene: Scene) -> None:
    """The edits after the yes, which put the problem out of date."""
    aisha = scene.buyer("Aisha")
    statements = ProblemStatement.objects.shared().filter(section__deal=scene.deal)
    waste = statements.get(part="cost", text="Fresh stock written off")
    edit_statement(
        actor=aisha,
        statement_id=waste.pk,
        version=waste.version,
        values={"amount": "1570000", "source": "Finance ledger 2025"},
    )
    cause = statements.get(part="causes")
    edit_statement(
        actor=aisha,
        statement_id=cause.pk,
        version=cause.version,
        values={"text": f"{words.CAUSES} {words.CAUSE_ADDED}"},
    )


def _comment(scene: Scene, actor: Actor, part: str, body: str, *, private: bool = False) -> None:
    row = ProblemStatement.objects.shared().filter(section__deal=scene.deal, part=part).latest("created_at")
    add_comment(
        actor=actor,
        room_id=scene.deal.room_id,
        section="problem",
        subject_id=row.pk,
        body=body,
        private=private,
    )
