"""Confirming a further address of one's own: the link in the mail, for whoever asked for it."""

from allauth.account.models import get_emailconfirmation_model
from allauth.account.views import confirm_email as confirm_by_link
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.errors import NotFound


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, key: str) -> HttpResponseBase:
    """Let allauth ask and confirm, once its person is signed in.

    Mail scanners open links and press buttons: without a sign-in that would change the address somebody signs in with. For
    anybody else who is signed in there is nothing here; allauth alone would sign them out.
    """
    found = get_emailconfirmation_model().from_key(key)
    if found is not None and found.email_address.user_id != request.user.pk:
        raise NotFound
    answer: HttpResponseBase = confirm_by_link(request, key=key)
    return answer
