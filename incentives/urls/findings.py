"""The addresses of findings."""

from django.urls import path

from incentives.views import findings

app_name = "findings"
urlpatterns = [
    path("", findings.FindingListPage.as_view(), name="list"),
    path("new/", findings.new, name="new"),
    path("<int:pk>/", findings.show, name="show"),
    path("<int:pk>/confirm/", findings.confirm, name="confirm"),
    path("<int:pk>/withdraw/", findings.withdraw, name="withdraw"),
    path("<int:pk>/answer/", findings.answer, name="answer"),
]
