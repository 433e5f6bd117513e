"""The addresses of a person's own day and month."""

from django.urls import path

from opscenter.today import views

app_name = "today"
urlpatterns = [
    path("", views.show, name="show"),
    path("month/", views.month, name="month"),
    path("month/<month:month>/", views.month, name="month_of"),
]
