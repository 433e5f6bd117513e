"""The addresses of the rules in versions."""

from django.urls import path

from opscenter.rules.views import drafts, lists, rules

app_name = "rules"
urlpatterns = [
    path("", lists.RuleList.as_view(), name="list"),
    path("mine/", rules.mine, name="mine"),
    path("mine/acknowledge/", rules.acknowledge, name="acknowledge"),
    path("acknowledgements/", lists.ReaderList.as_view(), name="acknowledgements"),
    path("drafts/new/", drafts.draft_new, name="draft_new"),
    path("drafts/<int:pk>/", drafts.draft, name="draft"),
    path("drafts/<int:pk>/compare/", drafts.draft_compare, name="draft_compare"),
    path("drafts/<int:pk>/submit/", drafts.draft_submit, name="draft_submit"),
    path("drafts/<int:pk>/activate/", drafts.draft_activate, name="draft_activate"),
    path("drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("<slug:kind>/<path:code>/", rules.show, name="show"),
]
