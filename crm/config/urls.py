"""All addresses. The only place that knows the pages, the room and the REST resources of all three apps."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from crm.web.confirm_email import confirm_email
from crm.web.home import home

urlpatterns = [
    path("", home, name="home"),
    # before the page of the package that it takes the place of
    path("accounts/confirm-email/<str:key>/", confirm_email, name="confirm_email"),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("api/v1/", include("crm.config.api_urls")),
    path("room/", include("crm.room.urls")),
    path("room/", include("deals.room.urls")),
    path("room/", include("handoff.room.urls")),
    path("", include("crm.web.urls")),
    path("", include("deals.web.urls")),
    path("", include("handoff.web.urls")),
]

handler400 = "crm.web.errors.bad_request"
handler403 = "crm.web.errors.permission_denied"
handler404 = "crm.web.errors.page_not_found"
handler500 = "crm.web.errors.server_error"
