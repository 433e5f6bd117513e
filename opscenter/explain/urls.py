"""The addresses of explanations; a month in an address is a ``Month``."""

from django.urls import path

from opscenter.explain import views

app_name = "explain"
urlpatterns = [
    path("compare/", views.compare, name="compare"),
    path("<month:month>/verify/", views.verify, name="verify"),
    path("<month:month>/campaigns/<str:code>/", views.campaign, name="campaign"),
    path("<month:month>/people/<str:staff_no>/", views.person, name="person"),
    path("<month:month>/people/<str:staff_no>/score/", views.score, name="score"),
    path("<month:month>/people/<str:staff_no>/bonus/", views.bonus, name="bonus"),
    path("<month:month>/people/<str:staff_no>/rules/<path:code>/", views.rule, name="rule"),
    path("<month:month>/people/<str:staff_no>/pool/<str:code>/<str:role>/", views.payout, name="payout"),
]
