"""The addresses of plans and campaigns."""

from django.urls import path

from campaigns.views import boards, drafts, entries, pages, steps, tasks

app_name = "campaigns"
urlpatterns = [
    path("", boards.board_page, name="board"),
    path("calendar/", boards.calendar_page, name="calendar"),
    path("list/", boards.CampaignList.as_view(), name="list"),
    path("task-lists/", tasks.templates, name="templates"),
    path("tasks/<int:pk>/done/", tasks.task_done, name="task_done"),
    path("new/", drafts.campaign_new, name="new"),
    path("plans/", boards.plans_page, name="plans"),
    path("plans/new/", drafts.plan_new, name="plan_new"),
    path("plans/<int:pk>/", pages.plan, name="plan"),
    path("plans/<int:pk>/edit/", drafts.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/acts/<slug:act>/", steps.plan_act, name="plan_act"),
    path("plans/<int:pk>/changes/<int:change>/", steps.plan_change, name="plan_change"),
    path("plans/<int:pk>/notes/", entries.note, name="note"),
    path("plans/<int:pk>/goals/", entries.plan_goals, name="plan_goals"),
    path("show/<str:code>/", pages.show, name="show"),
    path("show/<str:code>/edit/", drafts.campaign_edit, name="edit"),
    path("show/<str:code>/acts/<slug:act>/", steps.campaign_act, name="act"),
    path("show/<str:code>/changes/<int:pk>/", steps.campaign_change, name="change"),
    path("show/<str:code>/referee/", pages.referee, name="referee"),
    path("show/<str:code>/tasks/", tasks.tasks_add, name="tasks"),
    path("show/<str:code>/tasks/from-list/", tasks.tasks_generate, name="tasks_generate"),
    path("show/<str:code>/documents/<slug:kind>/", entries.document, name="document"),
    path("show/<str:code>/results/", entries.results, name="results"),
    path("show/<str:code>/readings/", entries.reading, name="reading"),
    path("show/<str:code>/goals/", entries.campaign_goals, name="goals"),
]
