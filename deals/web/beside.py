"""What stands beside the words of a section on the pages of staff: comments, disputes, versions that were not kept."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from crm.actors import Actor
from crm.queries.comment import people_to_name
from deals.models import Section
from deals.queries.deal import DealPage
from deals.queries.dispute import open_disputes
from deals.queries.objection import contested_about
from deals.queries.set_aside import words_set_aside
from deals.web.forms.comment import CommentForm


def beside(
    request: HttpRequest, actor: Actor, page: DealPage, section: Section, comment: CommentForm | None
) -> dict[str, Any]:
    """Return what the pages of all sections show; `comment` is a form that was refused."""
    return {
        "page": page,
        "kind": section.kind,
        "comment": comment or CommentForm.opened_by(request),
        "once": uuid4().hex,
        "named_in_section": people_to_name(actor, page.deal.room, section.kind) if page.may_write else [],
        "disputes": open_disputes(actor, section),
        "contested": contested_about(page.standing.objections, section),
        "set_aside": words_set_aside(actor, section),
    }
