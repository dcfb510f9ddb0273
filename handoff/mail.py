"""The mail about a question that comes back in a handoff: a consumer of the outbox."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import as_user
from crm.mail.message import Mail, news_choice_url, send, site_url
from crm.models import Event
from handoff.models import ItemQuestion


def mail_question_back(event: Event) -> None:
    """Tell whoever sold the deal that somebody asks about an item: `brief_item.questioned`. Not once it is answered."""
    questions = ItemQuestion.objects.open().select_related(
        "asked_by", "item__handoff__deal", "item__handoff__from_user"
    )
    question = questions.filter(pk=event.data["question"]).first()
    if question is None:
        return
    handoff = question.item.handoff
    seller = handoff.from_user
    sees = seller.is_active and ItemQuestion.objects.visible_to(as_user(seller)).filter(pk=question.pk).exists()
    if not sees or question.asked_by_id == seller.pk or "question" in seller.mails_off:
        return
    url = f"{reverse('handoff:handoff', args=[handoff.pk])}?answer={question.pk}#item-{question.item_id}"
    context = {
        "name": question.asked_by.name,
        "words": question.text,
        "url": site_url(url),
        "choice_url": news_choice_url(),
    }
    about = {"name": question.asked_by.name, "room": handoff.deal.title}
    subject = lambda: _("%(name)s asks you something in “%(room)s”") % about  # noqa: E731
    send(Mail(seller, "mention", subject, context, sender=question.asked_by, id=event.pk))
