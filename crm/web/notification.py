"""What somebody of ours is told: the bell, the list, and choosing what to be told at all."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.mail_choice import choose_news
from crm.actions.notification import read_all, read_notification
from crm.news import news_kinds
from crm.queries.notification import link_of
from crm.queries.notification import notifications as told_to
from crm.web.actor import staff


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what the person was told, newest first."""
    rows, next_cursor = told_to(staff(request), request.GET.get("cursor", ""))
    return render(request, "crm/notification/list.html", {"rows": rows, "next_cursor": next_cursor})


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that look whether it rings."""
    return render(request, "crm/notification/_bell.html")


@login_required
@require_POST
def follow(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Lead to what a notification is about; with that it was read."""
    actor = staff(request)
    return redirect(link_of(actor, read_notification(actor=actor, notification_id=notification_id)))


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Say that everything was read."""
    read_all(actor=staff(request))
    return redirect("crm:notifications")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choice(request: HttpRequest) -> HttpResponse:
    """Choose which kinds of news to be told in the app and by mail."""
    if request.method == "POST":
        in_app, by_mail = request.POST.getlist("in_app"), request.POST.getlist("by_mail")
        choose_news(actor=staff(request), in_app=in_app, by_mail=by_mail)
        messages.success(request, _("Saved. What is off is not told to you any more."))
        return redirect("crm:news_choice")
    return render(request, "crm/notification/choice.html", {"kinds": news_kinds()})
