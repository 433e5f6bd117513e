"""The addresses of the rules in versions."""

from django.urls import URLPattern

app_name = "rules"
urlpatterns: list[URLPattern] = []
