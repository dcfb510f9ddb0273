"""One well-filled world for the permission matrix: a whole story in one room, another room beside it, and secrets in both.

`ids` says what stands for each part of an address; `secrets` which words only some kinds of people may ever read.
"""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from cryptography.hazmat.primitives.asymmetric import ec
from django.db.models import Model
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from crm.actions.activity import log_activity
from crm.actions.api_key import create_api_key
from crm.actions.attachment import add_attachment, check_attachment, draw_attachment
from crm.actions.bulk_change import preview_bulk_change
from crm.actions.comment import add_comment
from crm.actions.contact import change_contact
from crm.actions.data_request import grant_access
from crm.actions.merge import merge_entries
from crm.actions.notification import notify
from crm.actions.organization import create_organization
from crm.actions.participant import INVITATION_LASTS
from crm.actions.question import Subject
from crm.actions.task import create_task
from crm.actions.view import save_view
from crm.actors import as_participant, as_user
from crm.clock import now
from crm.models import (
    AccessRequest,
    Activity,
    AddressChange,
    Attachment,
    Comment,
    Contact,
    CustomField,
    DataRequest,
    Event,
    ExportJob,
    ImportRun,
    Invitation,
    LikelyPair,
    Notification,
    Organization,
    Participant,
    Passkey,
    Question,
    Revision,
    Role,
    RoomSession,
    Task,
    WebhookEndpoint,
    WebhookMessage,
)
from crm.queries.address_change import change_token
from crm.secrets import new_token, token_hash
from deals.actions.deal import open_deal
from deals.actions.exchange_rate import set_exchange_rate
from deals.actions.line_item import add_line_item
from deals.actions.problem import add_statement
from deals.actions.product import create_product
from deals.models import Criterion, Deal, ProblemStatement, Stakeholder
from handoff.models import BriefItem, Dispute, Goal, Handoff, ItemQuestion, SuccessPlan
from tests.access.kinds import ADMIN, BUYERS, GUESTS, OWNER, STAFF, TEAM, Person
from tests.canaries import PHONE, plant
from tests.canaries import word as planted
from tests.cast import Cast, make_user
from tests.crm.actions.test_attachment import picture
from tests.handoff.story import ask

AMOUNT = "1947323"


@dataclass
class World:
    """The cast, what stands for each part of an address, and the words that are not for everybody."""

    cast: Cast
    people: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, frozenset[str]] = field(default_factory=dict)
    seated: dict[str, Person] = field(default_factory=dict)
    takes: dict[tuple[str, str], bool] = field(default_factory=dict)


def make_world() -> World:
    """Tell the story, let everybody in, plant the secrets."""
    world = World(Cast())
    line = {"title": "qanary-line", "unit_price": AMOUNT}
    add_line_item(actor=world.cast.rep, deal_id=world.cast.deal.pk, values=line)  # before the story closes the deal
    plant(world.cast)
    _make_real(world.cast)
    _let_people_in(world)
    _plant(world)
    notify(Event.objects.filter(type="comment.added", by_contact=world.cast.ingrid.contact, private_to="").latest("at"))
    world.ids = _ids(world.cast) | {
        "token": _open_invitation(world.cast),
        **_moved_address(world.cast),
        **_duplicates(world.cast),
        "key": _unconfirmed_address(world.cast),
    }
    return world


def _let_people_in(world: World) -> None:
    cast = world.cast
    elsewhere = open_deal(actor=as_user(cast.stranger), title="Beds that know", organization_id=cast.halvorsen.pk)
    partner = {"side": "partner", "sections": ["criteria"]}
    world.people = {
        "buyer": cast.ingrid,
        "outsider": cast.let_in(cast.contact("Olga Out"), room=elsewhere.room, invited_by=cast.stranger),
        "partner": cast.let_in(cast.contact("Legal Lars"), **partner),
        "revoked": cast.let_in(cast.contact("Rhea Revoked")),
        "colleague": cast.colleague,
        "rep": cast.maya,
        "stranger": cast.stranger,
        "manager": cast.jonas,
        "far_manager": make_user("Farah Far", Role.MANAGER, cast.other_team),
        "success": cast.tomas,
        "delivery": cast.priya,
        "admin": cast.admin,
        "inactive": make_user("Ina Inactive", Role.REP, cast.team),
    }
    world.ids["elsewhere"] = elsewhere


def _plant(world: World) -> None:
    cast, elsewhere = world.cast, world.ids["elsewhere"]
    room, seller, lars = cast.deal.room_id, {"actor": cast.rep}, as_participant(world.people["partner"], fresh_at=now())
    problem = {"deal_id": cast.deal.pk}
    Deal.objects.filter(pk=cast.deal.pk).update(amount=AMOUNT, amount_note="qanary-amount-note")
    buyer = as_participant(Participant.objects.get(pk=cast.ingrid.pk), fresh_at=now())
    add_comment(**seller, room_id=room, body="qanary-ours-only", private=True)
    add_comment(actor=buyer, room_id=room, body="qanary-theirs-only", private=True)
    add_comment(actor=lars, room_id=room, body="qanary-partners-only", private=True)
    log_activity(**seller, room_id=room, values={"type": "note", "subject": "qanary-call", "body": "qanary-call"})
    Deal.objects.filter(pk=cast.deal.pk).update(amount=AMOUNT)
    create_task(**seller, values={"title": "qanary-task", "about": cast.deal.pk})
    add_comment(**seller, room_id=room, body="Words for everybody.")
    drawn = add_attachment(**seller, room_id=room, name="chart.png", content=BytesIO(picture()))
    check_attachment(attachment_id=drawn.pk)
    draw_attachment(attachment_id=drawn.pk)
    add_attachment(actor=buyer, room_id=room, name="theirs.txt", content=BytesIO(b"Words."))
    _archive(cast)
    gone = cast.contact("Gone Gerda")
    Contact.objects.filter(pk=gone.pk).update(archived_at=now())
    _drafts(cast, elsewhere, problem)
    world.secrets = {
        # What our side keeps to itself.
        "asked us before anybody": STAFF,
        "qanary-ours-only": TEAM,
        "qanary-call": TEAM,
        "qanary-line": TEAM,
        "qanary-task": OWNER | {"read_key"},
        "qanary-our-draft": TEAM,
        "qanary-amount-note": TEAM,
        planted("assessment"): TEAM,
        "Call with": TEAM,
        "1,947,323": TEAM,
        AMOUNT: TEAM,
        # What the other sides keep to themselves; what is kept of a person, an administrator hands over.
        "qanary-theirs-only": BUYERS | ADMIN,
        planted("draft"): BUYERS | ADMIN,
        "qanary-partners-only": frozenset({"partner"}),
        planted("data-request"): BUYERS | ADMIN,
        planted("passkey"): BUYERS | ADMIN,
        planted("session"): BUYERS | ADMIN,
        # What those in the room see, within their grant, and nobody else.
        planted("comment"): TEAM | GUESTS,
        planted("quote"): TEAM | BUYERS,
        planted("reason"): TEAM | BUYERS,
        planted("dispute"): TEAM | GUESTS,
        "Planners forecast by hand": TEAM | BUYERS,
        PHONE: TEAM | BUYERS,
        # The other room.
        "qanary-elsewhere": frozenset({"stranger", "far_manager", "far_key", "outsider"}) | ADMIN,
    }


def _drafts(cast: Cast, elsewhere: Deal, problem: dict[str, Any]) -> None:
    """Put words into sections as they stand, also of a deal that has ended: nobody can write there any more."""
    at = now()
    stamp = {"created_at": at, "updated_at": at}
    ProblemStatement.objects.create(
        section=cast.section("problem"),
        part="causes",
        text="qanary-our-draft",
        private_to="seller",
        by_user=cast.maya,
        by_side="seller",
        **stamp,
    )
    owner = as_user(cast.stranger)
    add_statement(actor=owner, deal_id=elsewhere.pk, values={"part": "situation", "text": "qanary-elsewhere"})


def _ids(cast: Cast) -> dict[str, Any]:
    """Choose a row for each name that an address may hold; the newest one that everybody in the room may see."""
    room = {"room": cast.deal.room_id}
    question = _open_question(cast)
    recorded = Question.objects.filter(**room).exclude(channel="").earliest("asked_at")
    own: dict[str, Model] = {
        "deal_id": cast.deal,
        "statement_id": ProblemStatement.objects.filter(section__deal=cast.deal, private_to="").latest("created_at"),
        "criterion_id": Criterion.objects.filter(section__deal=cast.deal, private_to="").latest("created_at"),
        "stakeholder_id": Stakeholder.objects.filter(section__deal=cast.deal, private_to="").latest("created_at"),
        "organization_id": cast.halvorsen,
        "contact_id": cast.ingrid.contact,
        "archived_contact": Contact.objects.get(name="Gone Gerda"),
        "participant_id": cast.ingrid,
        "asked_of": cast.ingrid,
        "user_id": cast.tomas,
        "pipeline_id": cast.deal.pipeline,
        "stage_id": cast.deal.pipeline.stages.earliest("position"),
        "custom_field_id": CustomField.objects.create(on="deal", key="source", label="Source", type="text"),
        "team_id": cast.team,
        "product_id": create_product(actor=as_user(cast.admin), values={"name": "Forecasting"}),
        "exchange_rate_id": set_exchange_rate(actor=as_user(cast.admin), currency="EUR", on="2026-01-01", rate="1"),
        "line_item_id": cast.deal.line_items.get(),
        "bulk_id": preview_bulk_change(
            actor=cast.rep, kind="deal", ids=[cast.deal.pk], field="close_on", value="2027-01-31"
        ),
        "view_id": save_view(actor=cast.rep, kind="deal", values={"name": "Ours", "shared": True}),
        "to_stage": cast.deal.pipeline.stages.earliest("position"),
        "question_id": question,
        "consent_id": recorded.consents.latest("pk"),
        "revision_id": Revision.objects.filter(**room, kind="problem").latest("created_at"),
        "activity_id": Activity.objects.filter(**room, private_to="seller").latest("created_at"),
        "attachment_id": Attachment.objects.get(**room, name="chart.png"),
        "their_attachment": Attachment.objects.get(**room, name="theirs.txt"),
        "archived_organization": Organization.objects.get(name="Gone Bakery"),
        "archived_deal": Deal.objects.get(title="Opened by mistake"),
        "second_contact": cast.contact("Second Sam"),
        "second_organization": create_organization(actor=cast.rep, values={"name": "Second Bakery"}),
        "comment_id": Comment.objects.filter(**room, private_to="", section="").latest("created_at"),
        "access_request": AccessRequest.objects.filter(**room, asked_by=cast.ingrid).latest("created_at"),
        "data_request": DataRequest.objects.get(),
        "notification_id": Notification.objects.get(user=cast.maya),
        "task_id": Task.objects.get(title="qanary-task"),
        "key_id": _own_key(cast),
        "endpoint_id": WebhookEndpoint.objects.get(),
        "message_id": WebhookMessage.objects.get(),
        "export_id": ExportJob.objects.get(),
        "import_id": ImportRun.objects.get(kind="contacts"),
        "handoff_id": Handoff.objects.get(),
        "item_id": BriefItem.objects.filter(group="criteria").earliest("pk"),
        "item_question": ItemQuestion.objects.get(),
        "plan_id": SuccessPlan.objects.get(),
        "goal_id": Goal.objects.latest("position"),
        "measurement_id": Dispute.objects.get().measurement,
        "dispute_id": Dispute.objects.get(),
        "passkey_id": Passkey.objects.get(),
        "session_id": RoomSession.objects.filter(contact=cast.ingrid.contact).latest("created_at"),
    }
    return {name: row.pk for name, row in own.items()} | {"list_kind": "organization", "room_id": cast.deal.room_id}


def _archive(cast: Cast) -> None:
    """Put a client and a deal away."""
    bakery = create_organization(actor=cast.rep, values={"name": "Gone Bakery"})
    opening = {"title": "Opened by mistake", "organization_id": cast.halvorsen.pk, "room_id": cast.deal.room_id}
    mistake = open_deal(actor=cast.rep, **opening)
    for row in (bakery, mistake):
        type(row).objects.filter(pk=row.pk).update(archived_at=now())


def _own_key(cast: Cast) -> Model:
    """Make a key of the rep that nobody in the world calls with."""
    key, _secret = create_api_key(actor=cast.rep, user_id=cast.maya.pk, name="qanary-key", scopes=["deals:read"])
    return key


def _open_question(cast: Cast) -> Question:
    """Ask Ingrid to confirm the brief."""
    return ask(cast, Subject("brief", Handoff.objects.get().pk))


def _moved_address(cast: Cast) -> dict[str, Any]:
    """Change the address of somebody who has been in; return the person, and the secret that the old mailbox gets."""
    grant = cast.let_in(cast.contact("Moved Mona"))
    values = {"email": "mona@elsewhere.example"}
    change_contact(actor=cast.rep, contact_id=grant.contact_id, version=grant.contact.version, values=values)
    return {
        "moved_contact": grant.contact_id,
        "address_token": change_token(AddressChange.objects.get(contact=grant.contact_id)),
    }


def _duplicates(cast: Cast) -> dict[str, Any]:
    """Enter three clients twice: one pair is open, the entries of another are put together already."""
    first, second, third = (create_organization(actor=cast.rep, values={"name": f"Osei Textiles {n}"}) for n in "ABC")
    pair = sorted((cast.halvorsen.pk, first.pk))
    likely = LikelyPair.objects.create(
        kind="organization", first_id=pair[0], second_id=pair[1], reasons=["name"], found_at=now()
    )
    merge = merge_entries(
        actor=cast.rep, kind="organization", kept_id=second.pk, merged_id=third.pk, version=1, merged_version=1
    )
    return {"pair_id": likely.pk, "merge_id": merge.pk, "twin": first.pk}


def _open_invitation(cast: Cast) -> str:
    """Invite Daniel, who has not come in yet; return the secret of his link."""
    token, at = new_token(), now()
    Participant.objects.filter(pk=cast.daniel.pk).update(joined_at=None)
    Invitation.objects.create(
        participant=cast.daniel,
        email=cast.daniel.contact.email,
        token_hash=token_hash(token),
        invited_by=cast.maya,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    return token


def _unconfirmed_address(cast: Cast) -> str:
    """Give Maya another address; return the key of the link that confirms it."""
    address = EmailAddress.objects.create(user=cast.maya, email="maya@elsewhere.example")
    return str(EmailConfirmationHMAC.create(address).key)


def _make_real(cast: Cast) -> None:
    """Give the planted passkey a key, and hand over what was asked for."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, b"device", key)
    Passkey.objects.update(credential_id=b"device", credential=bytes(credential))
    request = DataRequest.objects.get()
    grant_access(actor=as_user(cast.admin), request_id=request.pk, version=request.version)
