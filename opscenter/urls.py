"""Every address of the site, each from the room that answers it."""

from allauth.account import urls as account_urls
from allauth.account.decorators import secure_admin_login
from allauth.socialaccount.models import SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from opscenter import views
from opscenter.dashboards.urls import job_patterns, month_patterns

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
# One door: the same sign-in page and the same limit of attempts as everywhere else.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# The services people may sign in with come from the environment; rows of them would do nothing.
admin.site.unregister([SocialApp, SocialToken])

# The other pages of the sign-in library work by e-mail, which the people of a company may not have here.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_signup",  # says that it is closed
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
}
account_patterns = [
    *(page for page in account_urls.urlpatterns if page.name in ACCOUNT_PAGES),
    path("security/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
if settings.SIGN_IN_SERVICES.providers:
    account_patterns += [
        path("services/", include("allauth.socialaccount.urls")),
        *(
            path("", include(f"allauth.socialaccount.providers.{name}.urls"))
            for name in settings.SIGN_IN_SERVICES.providers
        ),
    ]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/session", views.healthz_session, name="healthz_session"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("files/<uuid:key>/", views.stored_file, name="file"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/tokens/", include("opscenter.tokens.urls")),
    path("accounts/", include(account_patterns)),
    path("admin/", admin.site.urls),
    path("api/", include("opscenter.api_urls")),
    path("webhooks/", include("opscenter.webhooks.urls")),
    path("today/", include("opscenter.today.urls")),
    path("logs/", include("kpi.urls.logs")),
    path("team/", include("opscenter.team.urls")),
    path("verification/", include("kpi.urls.verification")),
    path("assessment/", include("kpi.urls.assessment")),
    path("findings/", include("incentives.urls.findings")),
    path("manuscripts/", include("incentives.urls.manuscripts")),
    path("funds/", include("finance.urls")),
    path("payments/", include("incentives.urls.payments")),
    path("org/", include("departments.urls")),
    path("rules/", include("opscenter.rules.urls")),
    path("data/", include("opscenter.data.urls")),
    path("search/", include("opscenter.search.urls")),
    path("month/", include(month_patterns)),
    path("explain/", include("opscenter.explain.urls")),
    path("what-if/", include("opscenter.whatif.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("incentives/", include("opscenter.cockpit.urls")),
    path("jobs/", include(job_patterns)),
]

handler400 = "opscenter.views.bad_request"
handler403 = "opscenter.views.permission_denied"
handler404 = "opscenter.views.page_not_found"
handler500 = "opscenter.views.server_error"
