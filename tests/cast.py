"""The cast of the tests: one story's people, rooms and deals, made through the product's own actions.

Nordlicht Analytics sells to Halvorsen Foods. Maya is the rep, Jonas her manager, Tomás takes over, Priya delivers.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm.actions.question import Subject
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.models import Contact, Organization, Participant, Role, Room, Side, Team, User
from deals.actions.criterion import add_criterion
from deals.actions.deal import open_deal
from deals.actions.problem import add_statement
from deals.models import Deal, Section, SectionKind

MEASURABLE: dict[str, Any] = {
    "title": "Fill rate",
    "counted_as": "Cases delivered in full, out of cases ordered, all 214 stores",
    "unit": "%",
    "direction": "raise",
    "baseline": "93.4",
    "baseline_on": "2026-02-22",
    "baseline_source": "Store orders",
    "target": "97.5",
    "due_on": "2027-06-30",
    "source": "Store orders and delivery notes",
    "measured_by": "Aisha Karim",
    "frequency": "week",
    "weight": "must",
}


def make_team(name: str, parent: Team | None = None) -> Team:
    """Make a team below `parent`."""
    team = Team(name=name, parent=parent)
    team.lineage = [*(parent.lineage if parent else []), team.pk]
    team.save()
    return team


def make_user(name: str, role: str, team: Team | None, **fields: Any) -> User:
    """Make a member of staff with the address first-name@nordlicht.example."""
    email = f"{name.split()[0].lower()}@nordlicht.example"
    return User.objects.create_user(email, name=name, role=role, team=team, **fields)


@dataclass
class Cast:
    """Everybody and everything, made when first asked for."""

    @cached_property
    def root(self) -> Team:
        """All of sales."""
        return make_team("Sales")

    @cached_property
    def team(self) -> Team:
        """Maya's team."""
        return make_team("Fresh food and retail", self.root)

    @cached_property
    def other_team(self) -> Team:
        """A team beside Maya's."""
        return make_team("Hospitals")

    @cached_property
    def maya(self) -> User:
        """The rep, owner of the deal."""
        return make_user("Maya Okafor", Role.REP, self.team)

    @cached_property
    def colleague(self) -> User:
        """Another rep in Maya's team: reads, does not write."""
        return make_user("Jo Weber", Role.REP, self.team)

    @cached_property
    def stranger(self) -> User:
        """A rep of another team: sees nothing of Maya's."""
        return make_user("Sam Stone", Role.REP, self.other_team)

    @cached_property
    def jonas(self) -> User:
        """The manager above Maya's team."""
        return make_user("Jonas Weber", Role.MANAGER, self.root)

    @cached_property
    def tomas(self) -> User:
        """Customer success."""
        return make_user("Tomás Herrera", Role.SUCCESS, None)

    @cached_property
    def priya(self) -> User:
        """Delivery."""
        return make_user("Priya Raman", Role.DELIVERY, None)

    @cached_property
    def admin(self) -> User:
        """The administrator."""
        return make_user("Ada Admin", Role.ADMIN, None)

    @cached_property
    def halvorsen(self) -> Organization:
        """The client."""
        at = now()
        return Organization.objects.create(name="Halvorsen Foods", created_at=at, updated_at=at)

    def contact(self, name: str, title: str = "") -> Contact:
        """Make a contact at Halvorsen."""
        at = now()
        email = f"{name.lower().replace(' ', '.')}@halvorsen.example"
        return Contact.objects.create(
            name=name, title=title, email=email, organization=self.halvorsen, created_at=at, updated_at=at
        )

    def let_in(self, contact: Contact, room: Room | None = None, **fields: Any) -> Participant:
        """Give a contact a place in a room (the deal's)."""
        at = now()
        defaults = {"side": Side.BUYER, "invited_by": self.maya, "invited_at": at, "joined_at": at}
        return Participant.objects.create(room=room or self.deal.room, contact=contact, **(defaults | fields))

    @cached_property
    def deal(self) -> Deal:
        """Maya's deal with Halvorsen, at Meet."""
        return open_deal(
            actor=as_user(self.maya),
            title="Demand forecasting for fresh and chilled",
            organization_id=self.halvorsen.pk,
            amount="1860000",
            currency="USD",
        )

    @cached_property
    def ingrid(self) -> Participant:
        """The buyer who decides."""
        return self.let_in(self.contact("Ingrid Solberg", "VP Supply Chain"))

    @cached_property
    def daniel(self) -> Participant:
        """The buyer who holds the budget."""
        return self.let_in(self.contact("Daniel Reyes", "CFO"))

    @property
    def rep(self) -> Actor:
        """Maya, acting."""
        return as_user(self.maya)

    @property
    def buyer(self) -> Actor:
        """Ingrid, acting, with a code just entered."""
        return as_participant(self.ingrid, fresh_at=now())

    def section(self, kind: str) -> Section:
        """Return a section of the deal as it is in the database."""
        return Section.objects.get(deal=self.deal, kind=kind)

    def write_problem(self, text: str = "Planners forecast by hand, once a week.") -> None:
        """Put one shared statement into the problem."""
        add_statement(actor=self.rep, deal_id=self.deal.pk, values={"part": "situation", "text": text})

    def write_criterion(self, **changes: Any) -> None:
        """Put one measurable shared criterion into the success section."""
        values = MEASURABLE | {"buyer_owner": self.ingrid.contact_id, "seller_owner": self.tomas.pk} | changes
        add_criterion(actor=self.rep, deal_id=self.deal.pk, values=values)

    def problem(self) -> Subject:
        """Return the problem as a subject to ask about."""
        return Subject("problem", self.section(SectionKind.PROBLEM).pk)

    def criteria(self) -> Subject:
        """Return the criteria as a subject to ask about."""
        return Subject("criteria", self.section(SectionKind.CRITERIA).pk)
