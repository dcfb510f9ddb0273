"""Answering in the room: the question, the answer, its receipt, and taking it back."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.consent import (
    answer_question,
    confirm_consent,
    confirm_record,
    contest_consent,
    contest_record,
    reopen_consent,
    withdraw_consent,
)
from crm.actions.reminder import want_reminder
from crm.actors import Actor
from crm.errors import Invalid, NotAllowed, Stale
from crm.models import Consent, Question
from crm.queries.receipt import get_question, get_receipt
from crm.queries.waiting import answered, asked_anew, waiting_for
from crm.room.actor import participant
from crm.room.forms import BUTTONS, AnswerForm, ObjectionForm
from crm.room.frame import show
from crm.web.forms import add_faults
from crm.web.receipt import receipt_context, receipt_file


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, room_id: UUID, question_id: UUID) -> HttpResponse:
    """One question by itself, and after the answer what was recorded and what happens next. POST answers."""
    actor = participant(request, room_id)
    question = get_question(actor, question_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        response = _take_answer(request, actor, question, form)
        if response is not None:
            return response
    return _question(request, actor, question, form)


def _take_answer(request: HttpRequest, actor: Actor, question: Question, form: AnswerForm) -> HttpResponse | None:
    chosen = request.POST.get("answer", "")
    page = reverse("room:answer", args=[question.room_id, question.pk])
    try:
        answer_question(
            actor=actor,
            question_id=question.pk,
            shown_hash=request.POST.get("shown_hash", ""),
            answer=chosen,
            note=request.POST.get("note", ""),
            button=str(BUTTONS.get(chosen, "")),
        )
    except Invalid as error:
        form.is_valid()
        add_faults(form, error)
        return None
    except Stale:
        return _question(request, actor, get_question(actor, question.pk), form, status=409)
    except NotAllowed as error:
        if error.code != "fresh_code_needed":
            raise
        return redirect(f"{reverse('room:fresh_code')}?next={page}")
    return redirect(page)


def _question(
    request: HttpRequest, actor: Actor, question: Question, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    waiting = waiting_for(actor)
    others = [one for one in waiting if one.question.pk != question.pk and not one.is_overtaken]
    opened = request.POST.get("answer") or request.GET.get("open", "")
    context = {
        "question": question,
        "one": next((one for one in waiting if one.question.pk == question.pk), None),
        "answers": answered(actor, question) if not question.is_open else [],
        "form": form,
        "buttons": BUTTONS,
        "opened": opened if opened in ("change", "declined") else "",
        "is_mine": question.asked_of_id == (actor.participant.pk if actor.participant else None),
        "anew": asked_anew(question, others),
        "more": others,
    }
    return show(request, actor, "room/answer.html", context, current="today", status=422 if form.errors else status)


@require_POST
def remind(request: HttpRequest, room_id: UUID, question_id: UUID) -> HttpResponse:
    """Want a reminder of a question that waits, or none."""
    days = request.POST.get("days", "")
    chosen = (int(days) if days.isascii() and days.isdigit() and len(days) < 3 else -1) if days else None
    question = want_reminder(actor=participant(request, room_id), question_id=question_id, days=chosen)
    said = "reminder" if question.remind_at else "no-reminder"
    return redirect(f"{reverse('room:today', args=[room_id])}?said={said}#ask-{question_id}")


@never_cache
@require_safe
def receipt(request: HttpRequest, room_id: UUID, consent_id: UUID) -> HttpResponse:
    """What was agreed, by whom, when, with its hash, and how to take it back. `?download=1` gives it as a file."""
    actor = participant(request, room_id)
    found = get_receipt(actor, consent_id)
    if request.GET.get("download"):
        return receipt_file(found)
    return show(request, actor, "room/receipt.html", receipt_context(found))


_TURNS: dict[str, tuple[Callable[..., Consent], str]] = {
    "withdraw": (withdraw_consent, "withdrawn"),
    "reopen": (reopen_consent, "reopened"),
    "confirm": (confirm_consent, "confirmed"),
    "contest": (contest_consent, "contested"),
}
_TURNS_OF_RECORDS: dict[str, tuple[Callable[..., None], str]] = {
    "confirm": (confirm_record, "confirmed"),
    "contest": (contest_record, "contested"),
}


@require_POST
def turn(request: HttpRequest, room_id: UUID, consent_id: UUID, verb: str) -> HttpResponse:
    """Take one's own yes back, reopen a no, or say whether what was written down is right."""
    actor = participant(request, room_id)
    if verb not in _TURNS:
        raise Http404
    act, said = _TURNS[verb]
    try:
        act(actor=actor, consent_id=consent_id, **_words(request, verb))
    except Invalid as error:
        return _say_again(request, actor, error)
    back = reverse("room:today", args=[room_id]) if request.POST.get("to") == "today" else None
    return redirect(f"{back or reverse('room:receipt', args=[room_id, consent_id])}?said={said}")


@require_POST
def turn_recorded(request: HttpRequest, room_id: UUID, question_id: UUID, verb: str) -> HttpResponse:
    """Say "that's right" or "that's not what I said" to everything one record covers and that is not said already."""
    actor = participant(request, room_id)
    if verb not in _TURNS_OF_RECORDS:
        raise Http404
    act, said = _TURNS_OF_RECORDS[verb]
    try:
        act(actor=actor, question_id=question_id, **_words(request, verb))
    except Invalid as error:
        return _say_again(request, actor, error)
    return redirect(f"{reverse('room:today', args=[room_id])}?said={said}")


def _words(request: HttpRequest, verb: str) -> dict[str, str]:
    """Return what comes along with a verb: the hash that was shown, or what was said; nobody need give a reason."""
    if verb == "confirm":
        return {"shown_hash": request.POST.get("shown_hash", "")}
    return {"note": request.POST.get("note", "")} if verb in ("withdraw", "contest") else {}


def _say_again(request: HttpRequest, actor: Actor, error: Invalid) -> HttpResponse:
    """Give the words back with what is wrong with them; nothing was done."""
    form = ObjectionForm(request.POST)
    form.is_valid()
    add_faults(form, error)
    return show(request, actor, "room/objection.html", {"form": form}, status=422)
