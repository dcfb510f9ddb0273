"""One deal of the demo with its people: short names for what they do, each through the product's own action."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from crm.actions.consent import answer_question, fingerprint
from crm.actions.contact import create_contact
from crm.actions.organization import create_organization
from crm.actions.participant import invite_contact
from crm.actions.question import Subject, ask_for_consent
from crm.actions.room import open_room
from crm.actions.sign_in import Browser, begin_session
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.models import Contact, Organization, Participant, Question, Side, User
from crm.room.forms import BUTTONS
from crm.secrets import new_token
from deals.actions.criterion import add_criterion
from deals.actions.deal import change_deal, open_deal
from deals.actions.problem import add_statement
from deals.actions.stage_move import propose_move
from deals.models import Deal, ProblemStatement, Section, Stage


@dataclass
class Scene:
    """A deal being told. `owner` is the rep; contacts are known by their first names."""

    owner: User
    organization: Organization
    deal: Deal
    contacts: dict[str, Contact] = field(default_factory=dict)

    @property
    def rep(self) -> Actor:
        """The owner, acting."""
        return as_user(self.owner)

    def contact(self, name: str, title: str, organization: Organization | None = None) -> Contact:
        """Enter somebody into the directory."""
        at = organization or self.organization
        mailbox = f"{name.lower().replace(' ', '.').replace('ö', 'o')}@{at.domain}"
        values = {"name": name, "title": title, "organization": at.pk, "email": mailbox}
        self.contacts[name.split()[0]] = made = create_contact(actor=self.rep, values=values)
        return made

    def invite(self, first_name: str, side: str = Side.BUYER, sections: list[str] | None = None) -> Participant:
        """Let a contact into the room."""
        contact = self.contacts[first_name]
        return invite_contact(
            actor=self.rep, room_id=self.deal.room_id, contact_id=contact.pk, side=side, sections=sections
        )

    def come_in(self, first_name: str) -> None:
        """Let an invited contact enter, as after typing the code."""
        begin_session(self.contacts[first_name], Browser(new_token()))

    def grant(self, first_name: str) -> Participant:
        """Return a contact's place in the room."""
        people = Participant.objects.select_related("contact__organization", "room")
        return people.get(room=self.deal.room_id, contact=self.contacts[first_name])

    def buyer(self, first_name: str) -> Actor:
        """Return a contact acting in the room, a moment after typing a code."""
        return as_participant(
            self.grant(first_name), fresh_at=now(), session={"how": "room session after a code by mail"}
        )

    def section(self, kind: str) -> Section:
        """Return a section of the deal as it stands."""
        return Section.objects.get(deal=self.deal, kind=kind)

    def subject(self, kind: str) -> Subject:
        """Return a section to ask about."""
        return Subject(kind, self.section(kind).pk)

    def move_on(self) -> Subject:
        """Return the move to the next stage, or the close, to ask about."""
        return propose_move(actor=self.rep, deal_id=self.deal.pk, to_stage_id=self.next_stage())

    def next_stage(self) -> UUID | None:
        """Return the stage after the present one; None after the last."""
        self.deal.refresh_from_db()
        ahead = Stage.objects.filter(pipeline=self.deal.pipeline_id, position__gt=self.deal.stage.position)
        return ahead.values_list("pk", flat=True).order_by("position").first()

    def ask(self, first_name: str, subjects: list[Subject], sentence: str, benefit: str, note: str = "") -> Question:
        """Ask somebody for a yes."""
        return ask_for_consent(
            actor=self.rep,
            asked_of=self.grant(first_name).pk,
            subjects=subjects,
            sentence=sentence,
            benefit=benefit,
            note=note,
        )

    def answer(self, first_name: str, question: Question, answer: str = "agreed", note: str = "") -> None:
        """Answer a question as the person it was asked of, to the words as they stand in it."""
        answer_question(
            actor=self.buyer(first_name),
            question_id=question.pk,
            shown_hash=fingerprint(list(question.consents.all())),
            answer=answer,
            note=note,
            button=str(BUTTONS[answer]),
        )

    def write(self, part: str, text: str, actor: Actor | None = None, **values: Any) -> ProblemStatement:
        """Add a statement to the problem."""
        return add_statement(
            actor=actor or self.rep, deal_id=self.deal.pk, values={"part": part, "text": text, **values}
        )

    def criterion(self, values: dict[str, Any], *, actor: Actor | None = None, private: bool = False) -> UUID:
        """Add a success criterion; owners are given by first name and user."""
        owner = values.get("buyer_owner")
        known = values | ({"buyer_owner": self.contacts[owner].pk} if owner else {})
        return add_criterion(actor=actor or self.rep, deal_id=self.deal.pk, values=known, private=private).pk

    def hand_to(self, success: User) -> None:
        """Name who takes over, and so let them into the room."""
        self.change(success_owner=success.pk)

    def change(self, **values: Any) -> None:
        """Change facts of the deal."""
        self.deal.refresh_from_db()
        self.deal = change_deal(actor=self.rep, deal_id=self.deal.pk, version=self.deal.version, values=values)


def open_scene(owner: User, client: dict[str, Any], deal: dict[str, Any], room_title: str = "") -> Scene:
    """Enter a client and open a deal with it, marked as demo data; its room is called as the deal unless named."""
    actor = as_user(owner)
    organization = create_organization(actor=actor, values=client)
    room_id = None
    if room_title and owner.team is not None:
        room = open_room(actor=actor, title=room_title, owner=owner, team=owner.team, organization=organization)
        room_id = room.pk
    opened = open_deal(actor=actor, organization_id=organization.pk, room_id=room_id, **deal)
    mark_as_demo(opened)
    return Scene(owner, organization, opened)


def mark_as_demo(deal: Deal) -> None:
    """Mark a deal and its room as made up: no action does this, since nothing but the demo is."""
    type(deal).objects.filter(pk=deal.pk).update(is_demo=True)
    type(deal.room).objects.filter(pk=deal.room_id).update(is_demo=True)
