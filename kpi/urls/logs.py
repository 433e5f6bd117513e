"""The addresses of the daily log."""

from django.urls import path

from kpi.views import logs
from kpi.views.logs_list import LogListView

app_name = "logs"
urlpatterns = [
    path("", LogListView.as_view(), name="list"),
    path("add/", logs.add, name="add"),
    path("paste/", logs.paste, name="paste"),
    path("copy/", logs.copy_yesterday, name="copy_yesterday"),
    path("rows/", logs.save_rows, name="save_rows"),
    path("<int:pk>/", logs.show, name="show"),
    path("<int:pk>/correct/", logs.correct, name="correct"),
    path("<int:pk>/image/", logs.image, name="image"),
    path("duties/<int:pk>/tick/", logs.tick, name="tick"),
]
