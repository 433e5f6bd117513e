"""The addresses of ratings, points and appeals; a month in an address is a ``Month``."""

from django.urls import path

from kpi.views import assessment, assessment_appeals, assessment_points

app_name = "assessment"
urlpatterns = [
    path("", assessment.RatingListPage.as_view(), name="ratings"),
    path("rate/<month:month>/<str:staff_no>/", assessment.rate, name="rate"),
    path("self/<month:month>/", assessment.self_rate, name="self"),
    path("points/", assessment_points.PointListPage.as_view(), name="points"),
    path("points/add/", assessment_points.point_add, name="point_add"),
    path("points/<int:pk>/", assessment_points.point, name="point_approve"),
    path("appeals/", assessment_appeals.AppealListPage.as_view(), name="appeals"),
    path("appeals/<month:month>/new/", assessment_appeals.appeal_new, name="appeal_new"),
    path("appeals/<int:pk>/", assessment_appeals.appeal, name="appeal_answer"),
]
