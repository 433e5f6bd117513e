"""The addresses of the daily log."""

from django.urls import URLPattern

app_name = "logs"
urlpatterns: list[URLPattern] = []
