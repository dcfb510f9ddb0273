"""What stands around the resources: the description, its page, and the answer for addresses that do not exist."""

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.errors import NotFound

DOCS_CSP = {
    "default-src": [NONE],
    "connect-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}
"""The docs page's own rules: its viewer, served from here, writes inline styles."""


class Description(SpectacularJSONAPIView):
    """The OpenAPI document. It says nothing about anybody's data, so it needs no key."""

    permission_classes = (AllowAny,)
    authentication_classes = ()


@require_safe
@csp(DOCS_CSP)
def docs(request: HttpRequest) -> HttpResponse:
    """The documentation for people, without anything from elsewhere."""
    return render(request, "crm/api_docs.html")


class NoSuchAddress(APIView):
    """Whatever is no resource: a 404 in the same form as every other refusal."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer 404 to every method."""
        self.http_method_names = [(request.method or "GET").lower()]
        setattr(self, self.http_method_names[0], self._nothing)
        return super().dispatch(request, *args, **kwargs)

    def _nothing(self, request: Request, **kwargs: object) -> Response:
        raise NotFound
