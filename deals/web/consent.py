"""Asking for a yes, recording one that was given elsewhere, taking either back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.question import Subject, ask_for_consent, cancel_question
from crm.actions.recorded_consent import Testimony, record_consent, withdraw_record
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound
from crm.models import Consent, Question
from crm.web.actor import staff
from crm.web.forms import attempt
from crm.web.submitted import parse_id, remember_sent, sent_before
from crm.web.upload import SentFile, sent_file
from deals.actions.stage_move import propose_move
from deals.models import MOVE, Stage, StakeholderRole
from deals.queries.consent import (
    Askable,
    Person,
    askables,
    likely_answerer,
    people_to_ask,
    shown_to,
    stages_ahead,
    suggested_sentence,
)
from deals.queries.deal import DealPage, get_deal_page
from deals.web.forms.consent import AboutForm, AskForm, RecordForm

PLACES = {"asked_of": "whom", "subjects": "about"}
"""Where the forms show faults of the actions' arguments."""
_NOT_SHOWN = gettext_lazy(
    "You chose other things to ask about. Nothing was sent: read the sentence once more, then ask."
)
_CONDITION = re.compile(r"\b(but|if|unless|provided|as long as|aber|wenn|sofern)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asking:
    """What the pages of asking and recording have in common."""

    page: DealPage
    things: list[Askable]
    people: list[Person]
    ahead: list[Stage]

    @property
    def roles(self) -> list[str]:
        """In which roles somebody must say yes to leave the stage; empty: any one buyer is enough."""
        return [str(StakeholderRole(role).label) for role in self.page.deal.stage.answer_roles]

    def chosen(self, form: AboutForm) -> tuple[list[str], Stage | None, list[Person]]:
        """Return what is chosen in a form right now, valid or not: about what, moving where, whom (several when asking)."""
        about = form["about"].value() or []
        to = next((one for one in self.ahead if str(one.pk) == form["to_stage"].value()), None)
        named = form["whom"].value() or []
        ids = [named] if isinstance(named, str) else named
        whom = [one for one in self.people if str(one.participant.pk) in ids]
        return list(about), to or (self.ahead[0] if self.ahead else None), whom


def _asking(actor: Actor, deal_id: UUID) -> Asking:
    page = get_deal_page(actor, deal_id)
    return Asking(page, askables(page), people_to_ask(actor, page), stages_ahead(page))


def _initial(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    """Read what the address chooses (`?about=problem&whom=ID&to_stage=ID`); else what is next."""
    known = [one.value for one in asking.things]
    about = [one for one in request.GET.getlist("about") if one in known] or known[:1]
    ids = [str(one.participant.pk) for one in asking.people]
    whom = [one for one in request.GET.getlist("whom") if one in ids]
    named = (one for one in asking.ahead if str(one.pk) == request.GET.get("to_stage"))
    to = next(named, asking.ahead[0] if asking.ahead else None)
    sentence = suggested_sentence(asking.page, about, to)
    return {
        "about": about,
        "whom": whom or [likely_answerer(asking.page, asking.people, about)],
        "to_stage": str(to.pk) if to else "",
        "sentence": sentence,
        "suggested": sentence,
        "shown_for": _shown_for(about, to),
    }


def _named(request: HttpRequest, asking: Asking) -> dict[str, Any]:
    """Read what the address chooses and nothing else: what is recorded rests on what the writer says, not on a guess."""
    next_up = _initial(request, asking)
    named = {"about": next_up["about"], "whom": next_up["whom"][0]}
    return {name: value for name, value in named.items() if name in request.GET} | {"to_stage": next_up["to_stage"]}


def _offered(asking: Asking, data: QueryDict) -> QueryDict:
    """Put the sentence of what is now asked about in the place of the one offered before; words of one's own stay.

    `shown_for` then names what that sentence is shown for.
    """
    about, to, _whom = asking.chosen(AskForm(asking.things, asking.people, asking.ahead, data))
    offered = data.copy()
    offered["shown_for"] = _shown_for(about, to)
    if data.get("sentence", "").split() == data.get("suggested", "").split() != []:
        offered["sentence"] = offered["suggested"] = suggested_sentence(asking.page, about, to)
    return offered


def _shown_for(about: Sequence[str], to: Stage | None) -> str:
    """Name what is asked about, for a form to say which choice its sentence was shown with."""
    return " ".join([*sorted(about), *([str(to.pk)] if to and MOVE in about else [])])


def _was_shown(data: QueryDict, offered: QueryDict) -> bool:
    """Whether the sentence in `data` stood on the page beside what is ticked, and is not one that was offered for other things.

    Where nothing is ticked there is nothing to show, and asking says so.
    """
    same = data.get("sentence", "").split() == offered.get("sentence", "").split()
    return not offered["shown_for"] or (same and data.get("shown_for") == offered["shown_for"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Ask named buyers for a yes; with `preview`, or when other things were ticked meanwhile, only show what they will see."""
    actor = staff(request)
    asking = _asking(actor, deal_id)
    sends = request.method == "POST" and "preview" not in request.POST
    offered = _offered(asking, request.POST) if request.method == "POST" else None
    was_shown = sends and offered is not None and _was_shown(request.POST, offered)
    typed = request.POST if was_shown else offered
    form = AskForm(asking.things, asking.people, asking.ahead, typed, initial=_initial(request, asking))
    if sends and not was_shown:
        form.add_error("sentence", _NOT_SHOWN)
    elif sends:
        questions = attempt(form, lambda: _ask(actor, asking, form.cleaned_data))
        if questions is not None:
            names = ", ".join(question.asked_of.contact.name for question in questions)
            said = ngettext(
                "Asked. %(names)s gets one e-mail now.", "Asked. %(names)s get one e-mail each now.", len(questions)
            )
            messages.success(request, said % {"names": names})
            return redirect("deals:deal", deal_id)
    return render(request, "deals/consent/ask.html", _ask_context(actor, asking, form), status=422 if sends else 200)


@login_required
@require_POST
def preview(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Answer with what the person will see, for what is typed so far. Writes nothing."""
    actor = staff(request)
    asking = _asking(actor, deal_id)
    typed = _offered(asking, request.POST)
    form = AskForm(asking.things, asking.people, asking.ahead, typed)
    is_new = typed.get("sentence") != request.POST.get("sentence")
    context = _ask_context(actor, asking, form) | {"alone": True, "is_new_sentence": is_new}
    return render(request, "deals/consent/_preview.html", context)


def _ask_context(actor: Actor, asking: Asking, form: AskForm) -> dict[str, Any]:
    about, to, whom = asking.chosen(form)
    return {
        "page": asking.page,
        "kind": "ask",
        "asking": asking,
        "form": form,
        "whom": whom,
        "shown": shown_to(actor, asking.page, about, to, whom[0].participant.pk if whom else None),
        "suggestion": suggested_sentence(asking.page, about, to),
    }


@transaction.atomic
def _ask(actor: Actor, asking: Asking, clean: dict[str, Any]) -> list[Question]:
    """Ask each of the chosen people, all of them or nobody: each has a question and an answer of their own."""
    checks = Checks()
    questions = checks.part(lambda: _ask_each(actor, asking, clean), **PLACES)
    checks.done()
    return questions or []


def _ask_each(actor: Actor, asking: Asking, clean: dict[str, Any]) -> list[Question]:
    subjects = _subjects(actor, asking, clean)
    words = {name: clean[name] for name in ("sentence", "benefit", "note", "useful_by")}
    people: list[UUID | None] = [parse_id(person) for person in clean["whom"]]
    return [ask_for_consent(actor=actor, asked_of=person, subjects=subjects, **words) for person in people or [None]]


def _subjects(actor: Actor, asking: Asking, clean: dict[str, Any]) -> Sequence[Subject]:
    subjects = [Subject(one.kind, one.section.pk) for one in asking.page.sections if one.kind in clean["about"]]
    if MOVE in clean["about"]:
        default = asking.ahead[0].pk if asking.ahead else None
        to = parse_id(clean["to_stage"]) if clean["to_stage"] else default
        subjects.append(propose_move(actor=actor, deal_id=asking.page.deal.pk, to_stage_id=to))
    return subjects


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Record an answer that a buyer gave by voice or by mail."""
    actor = staff(request)
    asking = _asking(actor, deal_id)
    parts = (asking.things, asking.people, asking.ahead)
    form = RecordForm(*parts, request.POST or None, request.FILES or None, initial=_named(request, asking))
    if request.method == "POST":
        if sent_before(request):
            return redirect("deals:deal", deal_id)
        file = sent_file(form, "evidence", actor=actor, room_id=asking.page.deal.room_id)
        question = attempt(form, lambda: _record(actor, asking, form.cleaned_data, file))
        if question is not None:
            remember_sent(request)
            messages.success(
                request, _("Recorded. %(name)s is told at once.") % {"name": question.asked_of.contact.name}
            )
            return redirect("deals:deal", deal_id)
        file.show()
    context = _record_context(actor, asking, form)
    return render(request, "deals/consent/record.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def record_preview(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Answer with how the record will stand and what the person is told. Writes nothing."""
    actor = staff(request)
    asking = _asking(actor, deal_id)
    form = RecordForm(asking.things, asking.people, asking.ahead, request.POST)
    return render(request, "deals/consent/_record_preview.html", _record_context(actor, asking, form))


def _record_context(actor: Actor, asking: Asking, form: RecordForm) -> dict[str, Any]:
    about, to, whom = asking.chosen(form)
    words = str(form["words"].value() or "")
    typed_at = form.fields["given_at"].clean(form["given_at"].value())
    return {
        "page": asking.page,
        "kind": "record",
        "asking": asking,
        "form": form,
        "whom": whom[0] if whom else None,
        "words": words,
        "given_at": Checks().instant("given_at", typed_at, required=False),
        "sentence": form["sentence"].value() or "",
        "has_condition": form["answer"].value() == "agreed" and bool(_CONDITION.search(words)),
        "channel": dict(form.fields["channel"].choices).get(form["channel"].value(), ""),  # type: ignore[attr-defined]
        "shown": shown_to(actor, asking.page, about, to, whom[0].participant.pk if whom else None),
    }


@transaction.atomic
def _record(actor: Actor, asking: Asking, clean: dict[str, Any], file: SentFile) -> Question | None:
    checks = Checks()
    said = {name: clean[name] for name in ("answer", "words", "channel", "given_at", "given_where")}
    testimony = Testimony(**said, evidence=checks.part(lambda: file.attach(actor), file="evidence"))
    question = checks.part(
        lambda: record_consent(
            actor=actor,
            asked_of=parse_id(clean["whom"]) if clean["whom"] else None,
            subjects=_subjects(actor, asking, clean),
            sentence=clean["sentence"],
            testimony=testimony,
            note=clean["note"],
        ),
        **PLACES,
    )
    checks.done()
    return question


@login_required
@require_POST
def cancel(request: HttpRequest, deal_id: UUID, question_id: UUID) -> HttpResponse:
    """Take an open question back."""
    cancel_question(actor=staff(request), question_id=question_id)
    messages.success(request, _("Taken back. The person sees that nothing is asked of them any more."))
    return redirect("deals:deal", deal_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, deal_id: UUID, consent_id: UUID) -> HttpResponse:
    """Take a wrong record back, saying why."""
    actor = staff(request)
    if not Consent.objects.visible_to(actor).filter(pk=consent_id).exists():
        raise NotFound
    withdraw_record(actor=actor, consent_id=consent_id, note=request.POST.get("note", ""))
    messages.success(request, _("Taken back. Both stay on record."))
    return redirect("deals:deal", deal_id)
