"""The addresses of trials."""

from django.urls import path

from opscenter.whatif import views

app_name = "whatif"
urlpatterns = [
    path("", views.show, name="show"),
    path("drafts/<int:pk>/", views.replay, name="replay"),
    path("replays/<int:pk>/", views.replayed, name="replayed"),
]
