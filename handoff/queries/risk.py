"""What is still open in a brief, in the reader's words: stored are only codes and names."""

from django.utils.translation import gettext as _

from crm.models import Answer
from deals.queries.gate import gate_label
from handoff.models import BriefItem, ItemKind


def heading_of(item: BriefItem) -> str:
    """Return what an item is called: an agreed one as it was agreed, a risk in the language of whoever reads it."""
    if item.title:
        return item.title
    facts = item.content
    name = {"name": facts.get("name", "")}
    if item.kind == ItemKind.WAIVER:
        return gate_label(facts["gate"])
    if item.kind == ItemKind.OPEN_QUESTION:
        return _("%(name)s has not answered yet") % name
    if facts["answer"] == Answer.CONTESTED:
        return _("%(name)s says that a recorded answer is not what they said") % name
    return _("%(name)s took a yes back") % name
