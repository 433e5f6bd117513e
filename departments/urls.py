"""The addresses of the organisation: chart, units, people, documents."""

from django.urls import URLPattern

app_name = "org"
urlpatterns: list[URLPattern] = []
