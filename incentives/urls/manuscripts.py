"""The addresses of manuscripts; the last ones open without sign-in."""

from django.urls import path

from incentives.views import manuscripts, submissions

app_name = "manuscripts"
urlpatterns = [
    path("", manuscripts.ManuscriptListPage.as_view(), name="list"),
    path("new/", manuscripts.new, name="new"),
    path("<int:pk>/", manuscripts.show, name="show"),
    path("<int:pk>/edit/", manuscripts.edit, name="edit"),
    path("<int:pk>/withdraw/", manuscripts.withdraw, name="withdraw"),
    path("<int:pk>/screen/", manuscripts.screen, name="screen"),
    path("<int:pk>/vote/", manuscripts.vote, name="vote"),
    path("<int:pk>/close/", manuscripts.close, name="close"),
    path("<int:pk>/publish/", manuscripts.publish, name="publish"),
    path("<int:pk>/contact/", manuscripts.contact, name="contact"),
    path("links/", manuscripts.links, name="links"),
    path("links/<int:pk>/revoke/", manuscripts.revoke, name="revoke"),
    path("by-link/<str:token>/", submissions.receive, name="receive"),
    path("sent/<str:receipt>/", submissions.sent, name="sent"),
    path("state/", submissions.state, name="state"),
    path("state/revise/", submissions.state_revise, name="state_revise"),
    path("state/end/", submissions.state_end, name="state_end"),
]
