"""The addresses of the organisation: chart, units, people, documents."""

from django.urls import path

from departments.views import lists, organisation

app_name = "org"
urlpatterns = [
    path("", organisation.chart, name="chart"),
    path("people/", lists.PeopleList.as_view(), name="people"),
    path("people/<path:staff_no>/", organisation.person, name="person"),
    path("units/<path:code>/", organisation.unit, name="unit"),
    path("documents/", lists.DocumentList.as_view(), name="documents"),
    path("documents/<path:number>/", lists.document, name="document"),
]
