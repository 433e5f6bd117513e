"""The addresses of the funds."""

from django.urls import path

from finance import views

app_name = "funds"
urlpatterns = [
    path("", views.FundsPage.as_view(), name="index"),
    path("<int:pk>/", views.show, name="show"),
    path("requests/new/", views.new, name="new"),
    path("requests/<int:pk>/", views.show_request, name="request"),
    path("requests/<int:pk>/approve/", views.approve, name="approve"),
    path("requests/<int:pk>/refuse/", views.refuse, name="refuse"),
    path("requests/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
