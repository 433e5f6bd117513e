"""The addresses of the month's cockpit; a month in an address is a ``Month``."""

from django.urls import path

from opscenter.cockpit import views

app_name = "cockpit"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("<month:month>/", views.show, name="show"),
    path("<month:month>/dry-run/", views.trial, name="dry_run"),
    path("<month:month>/changes/", views.moved, name="movers"),
    path("<month:month>/sheet/", views.sheet, name="sheet"),
]
