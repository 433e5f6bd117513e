"""The addresses of the verification of logs."""

from django.urls import URLPattern

app_name = "verification"
urlpatterns: list[URLPattern] = []
