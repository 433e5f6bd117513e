"""The addresses of the pages of those who lead people."""

from django.urls import URLPattern

app_name = "team"
urlpatterns: list[URLPattern] = []
