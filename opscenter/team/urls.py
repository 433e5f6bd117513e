"""The addresses of the pages of those who lead people."""

from django.urls import path

from opscenter.team import lists, views

app_name = "team"
urlpatterns = [
    path("", views.show, name="show"),
    path("missing/", lists.MissingListPage.as_view(), name="missing"),
    path("ranking/", lists.RankingListPage.as_view(), name="ranking"),
    path("totals/", views.totals, name="totals"),
]
