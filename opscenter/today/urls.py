"""The addresses of a person's own day and month."""

from django.urls import URLPattern

app_name = "today"
urlpatterns: list[URLPattern] = []
