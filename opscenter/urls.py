"""Every address of the site, each from the room that answers it."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from opscenter import views

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
# One door: the same sign-in page and the same limit of attempts as everywhere else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(r"^accounts/(?:email|confirm-email|login/code|password/reset|password/set)/", views.closed),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "opscenter.views.bad_request"
handler403 = "opscenter.views.permission_denied"
handler404 = "opscenter.views.page_not_found"
handler500 = "opscenter.views.server_error"
