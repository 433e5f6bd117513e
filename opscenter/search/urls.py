"""The address of the search over everything a person may see."""

from django.urls import path

from opscenter.search import views

app_name = "search"
urlpatterns = [path("", views.show, name="show")]
