"""The addresses of the verification of logs."""

from django.urls import path

from kpi.views import samples, verification

app_name = "verification"
urlpatterns = [
    path("", verification.QueueView.as_view(), name="queue"),
    path("decide/", verification.decide_many, name="decide_many"),
    path("samples/", samples.sample, name="sample"),
    path("samples/<int:pk>/", samples.sample_show, name="sample_show"),
    path("samples/<int:pk>/act/", samples.sample_act, name="sample_act"),
    path("<int:pk>/", verification.show, name="show"),
    path("<int:pk>/decide/", verification.decide, name="decide"),
]
