"""The addresses of the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from campaigns.api import views as campaigns
from core.api.views import NotThere
from finance.api import views as finance
from incentives.api import views as incentives
from kpi.api import views as kpi
from opscenter.api import description, views

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("logs", kpi.LogView, basename="logs")
router.register("quotas", kpi.QuotaView, basename="quotas")
router.register("attainment", kpi.AttainmentView, basename="attainment")
router.register("scores", kpi.ScoreView, basename="scores")
router.register("campaigns", campaigns.CampaignView, basename="campaigns")
router.register("uplifts", campaigns.UpliftView, basename="uplifts")
router.register("store-days", campaigns.StoreDayView, basename="store-days")
router.register("articles", campaigns.ArticleView, basename="articles")
router.register("findings", incentives.FindingView, basename="findings")
router.register("settlements", incentives.SettlementView, basename="settlements")
router.register("payouts", incentives.PayoutView, basename="payouts")
router.register("funds", finance.FundView, basename="funds")
router.register("jobs", views.JobView, basename="jobs")

version_1 = [
    *router.urls,
    path("people/<str:staff_no>/quotas/", views.PersonQuotasView.as_view(), name="person-quotas"),
    path("roll-ups/", views.RollUpView.as_view(), name="roll-ups"),
    path("imports/", views.ImportView.as_view(), name="imports"),
    path("imports/<int:pk>/accept/", views.ImportAcceptView.as_view(), name="imports-accept"),
    path("exports/", views.ExportView.as_view(), name="exports"),
    path("locks/", views.LockView.as_view(), name="locks"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    path("schema/", description.SchemaView.as_view(), name="schema"),
    path("docs/", description.docs, name="docs"),
    re_path("", NotThere.as_view(), name="not-there"),
]
