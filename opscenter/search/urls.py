"""The address of the search over everything a person may see."""

from django.urls import URLPattern

app_name = "search"
urlpatterns: list[URLPattern] = []
