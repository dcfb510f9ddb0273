"""Reading who is at the table: the map of sides, who reports to whom, on whom much hangs, what we think of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from crm.actors import Actor
from crm.models import Answer, Comment, Consent, Contact, Participant, Room, RoomMember, Side, User
from crm.queries.comment import Thread, threads_of
from deals.models import MOVE, Assessment, Deal, StageMove, Stakeholder
from deals.queries.comment import comments_beside
from deals.queries.deal import DealPage
from deals.rules.dependence import Dependence, WaitingQuestion, hangs_on_one


@dataclass(frozen=True)
class Stake:
    """One entry of the map with those who report to it.

    `participant` is their way into the room, `yeses` how many of the `all_yeses` to moves are theirs.
    """

    row: Stakeholder
    roles: Sequence[str]
    assessment: Assessment | None = None
    participant: Participant | None = None
    is_member: bool = False
    yeses: int = 0
    all_yeses: int = 0
    hinge: bool = False
    reports: Sequence["Stake"] = ()
    comments: Sequence[Comment] = ()
    draft: Stakeholder | None = None

    @property
    def title(self) -> str:
        """What it says on their card; empty for a place."""
        person = self.row.contact or self.row.user
        return person.title if person else ""

    @property
    def threads(self) -> list[Thread]:
        """What both sides read, thread by thread."""
        return threads_of(one for one in self.comments if not one.private_to)

    @property
    def private_comments(self) -> list[Comment]:
        """What only our side reads."""
        return [one for one in self.comments if one.private_to]


@dataclass(frozen=True)
class Lane:
    """One side of the map; `beside` names those of our side who work in the room without being on it."""

    side: str
    label: str
    stakes: Sequence[Stake]
    people: int
    places: int
    beside: Sequence[str] = ()


@dataclass(frozen=True)
class PeopleMap:
    """The whole map; `hinge` is the person on whom much hangs, with their name and what waits for nobody else."""

    lanes: Sequence[Lane]
    hinge: Dependence | None = None
    hinge_name: str = ""
    waits_for: Sequence[str] = ()
    places: Sequence[Stakeholder] = field(default_factory=tuple)


def people_map(actor: Actor, page: DealPage, seller: str, access: Sequence[Participant]) -> PeopleMap:
    """Return the map of sides as the actor's side sees it. `seller` is what our side is called, `access` who can come in."""
    deal = page.deal
    grants = {one.contact_id: one for one in access}
    yeses = _yeses(deal)
    hinge = _hinge(page, grants, yeses)
    named = {str(one.contact_id): one.contact.name for one in page.people if one.contact}
    hinge_name = named.get(hinge.person_id, "") if hinge else ""
    members = _members(deal)
    stakes = _stakes(actor, page, grants, members, yeses, hinge.person_id if hinge_name and hinge else "")
    partner = next((one.contact.organization for one in page.people if one.side == Side.PARTNER and one.contact), None)
    labels = {
        Side.SELLER.value: seller,
        Side.PARTNER.value: partner.name if partner else str(Side.PARTNER.label),
        Side.BUYER.value: page.client,
    }
    return PeopleMap(
        lanes=[_lane(side, label, page.people, stakes, members) for side, label in labels.items()],
        hinge=hinge if hinge_name else None,
        hinge_name=hinge_name,
        waits_for=hinge.waits_for if hinge else (),
        places=[one for one in page.people if one.place],
    )


def _yeses(deal: Deal) -> list[str]:
    """Return, for each yes to a move of the deal, the contact who gave it."""
    moves = StageMove.objects.filter(deal=deal).values("pk")
    given = Consent.objects.filter(kind=MOVE, subject_id__in=moves, answer=Answer.AGREED)
    return [str(pk) for pk in given.values_list("participant__contact_id", flat=True)]


def _members(deal: Deal) -> dict[UUID, str]:
    """Return the names of our people in the room: the owner first."""
    others = RoomMember.objects.filter(room=deal.room_id).order_by("user__name").values_list("user_id", "user__name")
    return {deal.owner_id: deal.owner.name, **dict(others)}


def _hinge(page: DealPage, grants: Mapping[UUID, Participant], yeses: Sequence[str]) -> Dependence | None:
    able = {str(pk) for pk, one in grants.items() if one.is_active and one.may_answer and one.side == Side.BUYER}
    answers = {pk: one for pk, one in grants.items() if str(pk) in able}
    waiting = [
        WaitingQuestion(state.label, frozenset(str(pk) for pk, one in answers.items() if one.sees(state.kind)))
        for state in page.sections
        if not state.standing.is_current and not state.is_empty
    ]
    return hangs_on_one(yeses, able, waiting)


def _stakes(
    actor: Actor,
    page: DealPage,
    grants: Mapping[UUID, Participant],
    members: Mapping[UUID, str],
    yeses: Sequence[str],
    hinge: str,
) -> dict[UUID | None, list[Stake]]:
    """Return the entries by whom they report to."""
    rows = page.people
    thoughts = {one.stakeholder_id: one for one in Assessment.objects.visible_to(actor).filter(stakeholder__in=rows)}
    comments = comments_beside(actor, [row.pk for row in rows])
    drafts = {
        one.replaces_id: one
        for one in Stakeholder.objects.visible_to(actor).filter(section__deal=page.deal, replaces__isnull=False)
    }
    given = Counter(yeses)
    known = {row.pk: row for row in rows}

    def stake(row: Stakeholder, above: frozenset[UUID]) -> Stake:
        below = [one for one in rows if one.reports_to_id == row.pk and one.pk not in above and one.side == row.side]
        return Stake(
            row=row,
            roles=row.role_labels,
            assessment=thoughts.get(row.pk),
            participant=grants.get(row.contact_id) if row.contact_id else None,
            is_member=row.user_id in members,
            yeses=given[str(row.contact_id)],
            all_yeses=len(yeses),
            hinge=bool(hinge) and str(row.contact_id) == hinge,
            reports=[stake(one, above | {row.pk}) for one in below],
            comments=comments.get(row.pk, ()),
            draft=drafts.get(row.pk),
        )

    tops: dict[UUID | None, list[Stake]] = {None: []}
    for row in rows:
        if _is_top(row, known):
            tops[None].append(stake(row, frozenset({row.pk})))
    return tops


def _is_top(row: Stakeholder, known: Mapping[UUID, Stakeholder]) -> bool:
    """Whether nobody on the same side stands above; in a circle of reports the one entered first does."""
    seen, at = {row.pk}, row
    while at.reports_to_id and at.reports_to_id in known and known[at.reports_to_id].side == row.side:
        at = known[at.reports_to_id]
        if at.pk == row.pk:
            return row.created_at == min(known[pk].created_at for pk in seen)
        if at.pk in seen:
            return False
        seen.add(at.pk)
    return at.pk == row.pk


def _lane(
    side: str,
    label: str,
    rows: Sequence[Stakeholder],
    stakes: Mapping[UUID | None, Sequence[Stake]],
    members: Mapping[UUID, str],
) -> Lane:
    mine = [row for row in rows if row.side == side]
    places = sum(1 for row in mine if row.place)
    on_map = {row.user_id for row in mine}
    beside = [name for pk, name in members.items() if pk not in on_map] if side == Side.SELLER else []
    return Lane(side, label, [one for one in stakes[None] if one.row.side == side], len(mine) - places, places, beside)


def sides_on_map(actor: Actor, room: Room) -> list[tuple[UUID, str]]:
    """Return each contact on the maps of a room's deals with the side they stand on there, as the actor sees it."""
    rows = Stakeholder.objects.visible_to(actor).filter(section__deal__room=room, contact__isnull=False)
    return list(rows.values_list("contact_id", "side").distinct())


def possible_people(actor: Actor, deal: Deal) -> tuple[list[Contact], list[User]]:
    """Return whom the map could name besides: the client's contacts and those in the room, and our colleagues."""
    grants = Participant.objects.visible_to(actor).filter(room=deal.room_id)
    here = Q(pk__in=grants.values("contact"))
    if deal.organization_id:
        here |= Q(organization=deal.organization_id) | Q(organization__parent=deal.organization_id)
    contacts = Contact.objects.visible_to(actor).filter(here, archived_at=None).select_related("organization")
    return list(contacts.order_by("name")[:500]), list(User.objects.visible_to(actor).active().order_by("name"))
