"""What is typed when a deal ends without a close, or pauses."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Participant
from crm.web.forms import ChoiceCards, DayField, LineField, MustPickField, PickField, PicksField, WordsField, offer
from deals.actions.ending import ThanksTo
from deals.models import Deal, DealStatus, LostTo

PAUSED = DealStatus.PAUSED.value


class EndForm(forms.Form):
    """How a deal ends, why, when both talk again, and whether thanks are said."""

    status = MustPickField(
        label=_("How it ends"),
        choices=[
            (DealStatus.NO_DEAL.value, _("Agreed not to go on")),
            (DealStatus.LOST.value, _("They chose something else")),
            (PAUSED, _("It pauses")),
        ],
        widget=ChoiceCards(
            columns="three",
            notes={
                DealStatus.NO_DEAL.value: _("Both of us said so. The room says that you wrote it down."),
                DealStatus.LOST.value: _("Or it went quiet for good."),
                PAUSED: _("Until a day you name."),
            },
        ),
    )
    lost_to = PickField(
        label=_("What they chose"), choices=LostTo.choices, required=False, widget=ChoiceCards(columns="three")
    )
    lost_to_name = LineField(label=_("Which supplier"), required=False)
    reason = WordsField(
        label=_("Why"), required=False, help_text=_("Our side reads this. It is not shown in the room.")
    )
    would_change = WordsField(label=_("What would have to change"), required=False, rows=2)
    talk_again_on = DayField(
        label=_("Talk again on"),
        required=False,
        help_text=_("Becomes a task of the deal’s owner on that day. They see the day in the room."),
    )
    send_thanks = forms.BooleanField(label=_("Send them words of thanks"), required=False)
    thanked = PicksField(label=_("To whom"), required=False, widget=forms.CheckboxSelectMultiple)
    thanks = WordsField(label=_("Your words"), words=True, rows=5, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, deal: Deal, people: list[Participant], data: Any = None) -> None:
        words = _(
            "Thank you for the time you gave this, and for saying openly where you stand. What we wrote down together stays in"
            " the room; read it and download it whenever it helps you."
        )
        super().__init__(data, initial={"thanks": words, "version": deal.version}, auto_id="end_%s")
        offer(self, "thanked", [(str(one.pk), one.contact.name) for one in people])

    @property
    def thanks_to(self) -> ThanksTo | None:
        """The words and who gets them; None unless whoever ends it says that they are sent."""
        clean = self.cleaned_data
        if not clean["send_thanks"]:
            return None
        return ThanksTo(clean["thanks"], tuple(UUID(one) for one in clean["thanked"]))

    @property
    def pauses(self) -> bool:
        """Whether it pauses and does not end."""
        return bool(self.cleaned_data["status"] == PAUSED)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action that pauses or ends the deal; what belongs to another ending is left out."""
        clean = self.cleaned_data
        if self.pauses:
            return {"until": clean["talk_again_on"], "reason": clean["reason"], "thanks": self.thanks_to}
        values = {name: clean[name] for name in ("status", "reason", "would_change", "talk_again_on")}
        is_lost = clean["status"] == DealStatus.LOST.value
        to = {"lost_to": clean["lost_to"], "lost_to_name": clean["lost_to_name"]} if is_lost else {}
        named = to if to.get("lost_to") == LostTo.COMPETITOR else to | ({"lost_to_name": ""} if to else {})
        return {**values, **named, "thanks": self.thanks_to}
