"""The addresses of import, templates, exports and completeness."""

from django.urls import URLPattern

app_name = "data"
urlpatterns: list[URLPattern] = []
