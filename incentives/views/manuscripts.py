"""The pages of manuscripts for people with a log-in: the list, handing in, one manuscript, the links."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.forms import add_problems
from core.lists import HEAD, ListPage, cell
from core.months import Month
from core.sealing import unseal
from departments.permissions import MEMBER, may, reach_of
from incentives.forms.manuscripts import (
    ContactForm,
    LinkForm,
    ManuscriptForm,
    PublishForm,
    RevisionForm,
    ScreenForm,
    VoteForm,
)
from incentives.models import AuthorKind, Manuscript, ManuscriptStatus, Step, VoteChoice
from incentives.selectors.manuscript_board import (
    desk_of,
    links_listed,
    manuscript_page,
    manuscripts_listed,
    months_of_schemes,
    schemes_to_link,
    waiting_for,
)
from incentives.services.manuscripts import (
    manuscript_close_vote,
    manuscript_publish,
    manuscript_revise,
    manuscript_screen,
    manuscript_submit,
    manuscript_vote,
    manuscript_withdraw,
)
from incentives.services.submissions import contact_read, link_create, link_revoke
from kpi.forms.assessment import month_choices

STEPS = [
    (Step.SCREENING.value, Step.SCREENING.label),
    (Step.RETURNED.value, Step.RETURNED.label),
    (Step.VOTING.value, Step.VOTING.label),
    (ManuscriptStatus.ACCEPTED.value, ManuscriptStatus.ACCEPTED.label),
    (ManuscriptStatus.PUBLISHED.value, ManuscriptStatus.PUBLISHED.label),
    (ManuscriptStatus.REFUSED.value, ManuscriptStatus.REFUSED.label),
]
LABELS = dict(STEPS)
WAITING = "me"


class ManuscriptTable(tables.Table):
    """Manuscripts, the newest first."""

    title = tables.TemplateColumn(
        template_name="manuscripts/_title.html", verbose_name=gettext_lazy("Manuscript"), attrs=HEAD
    )
    author_kind = tables.Column(
        verbose_name=gettext_lazy("Kind of author"), attrs=cell(gettext_lazy("Kind of author"))
    )
    date = tables.DateColumn(
        "Y-m-d", verbose_name=gettext_lazy("Handed in"), attrs=cell(gettext_lazy("Handed in"))
    )
    characters = tables.Column(
        verbose_name=gettext_lazy("Characters"), attrs=cell(gettext_lazy("Characters"), "num")
    )
    votes = tables.TemplateColumn(
        "{% if record.ballots_all %}{{ record.ballots_cast }}/{{ record.ballots_all }}{% else %}—{% endif %}",
        verbose_name=gettext_lazy("Votes"),
        orderable=False,
        attrs=cell(gettext_lazy("Votes"), "num"),
    )
    published = tables.DateColumn(
        "Y-m-d", verbose_name=gettext_lazy("Published"), attrs=cell(gettext_lazy("Published"))
    )
    now = tables.TemplateColumn(
        template_name="manuscripts/_state.html",
        verbose_name=gettext_lazy("State"),
        attrs=cell(gettext_lazy("State")),
    )

    class Meta:
        model = Manuscript
        fields = ("title", "author_kind", "date", "characters", "votes", "published", "now")

    def value_title(self, record: Any) -> str:
        return str(record.title)

    def value_votes(self, record: Any) -> str:
        return f"{record.ballots_cast}/{record.ballots_all}" if record.ballots_all else ""

    def value_now(self, record: Any) -> str:
        return str(LABELS.get(record.now, record.now))


class ManuscriptFilter(django_filters.FilterSet):
    waiting = django_filters.ChoiceFilter(
        label=gettext_lazy("To do"),
        method="of_waiting",
        choices=[(WAITING, gettext_lazy("waiting for me"))],
        empty_label=gettext_lazy("all"),
    )
    now = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=STEPS, empty_label=gettext_lazy("all states")
    )
    author_kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind of author"),
        choices=AuthorKind.choices,
        empty_label=gettext_lazy("all kinds"),
    )
    month = django_filters.ChoiceFilter(
        label=gettext_lazy("Month"), method="of_month", empty_label=gettext_lazy("all months")
    )
    q = django_filters.CharFilter(label=gettext_lazy("Title, author or number"), method="of_text")

    class Meta:
        model = Manuscript
        fields = ("waiting", "now", "author_kind", "month", "q")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["month"].extra["choices"] = month_choices(timezone.localdate())

    def of_waiting(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        found: QuerySet[Any] = waiting_for(account(self.request), rows)
        return found

    def of_month(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        month = Month.parse(value)
        days = (month.first, month.last)
        return rows.filter(Q(date__range=days) | Q(published__range=days))

    def of_text(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        number = Q(ident=value) | Q(submission__reference=value.strip().upper())
        return rows.filter(Q(title__icontains=value) | Q(author__icontains=value) | number)


class ManuscriptListPage(ListPage):
    access = MEMBER
    title = gettext_lazy("Manuscripts")
    subtitle = gettext_lazy("Handed in, screened, voted on, published; the fee is paid once it is published.")
    template_name = "manuscripts/list.html"
    table_class = ManuscriptTable
    filterset_class = ManuscriptFilter
    empty_title = gettext_lazy("No manuscripts yet")
    empty_text = gettext_lazy("Hand one in: it is screened, voted on, and paid once it is published.")
    empty_icon = "file-pen-line"

    def get_queryset(self) -> "QuerySet[Any]":
        found: QuerySet[Any] = manuscripts_listed(account(self.request))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = account(self.request)
        month = Month.of(timezone.localdate())
        reach = reach_of(user)
        shown = super().get_context_data(**kwargs)
        return {
            **shown,
            "month": month,
            "schemes": [] if shown["filtered"] else months_of_schemes(user, month),
            "may_submit": reach.staff_id is not None,
            "may_link": reach.allows("manuscript.link"),
            "waits": self.request.GET.get("waiting") == WAITING,
        }


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hand in a manuscript of one's own."""
    user = account(request)
    desk = desk_of(user)
    if desk is None:
        raise NotVisible("nobody")
    status = 200
    if request.method == "POST":
        form = ManuscriptForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                made = manuscript_submit(actor=user, draft=form.draft, key=form.cleaned_data["key"])
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Handed in. You see here how far it is."))
                return redirect("manuscripts:show", made.pk)
    else:
        form = ManuscriptForm()
    kinds = [desk.terms[kind] for kind in ("employee", "pharmacist") if kind in desk.terms]
    context = {"form": form, "desk": desk, "kinds": kinds}
    return render(request, "manuscripts/new.html", context, status=status)


def _shown(request: HttpRequest, pk: int, status: int = 200, **given: Any) -> HttpResponse:
    page = manuscript_page(account(request), pk)
    context = {
        "page": page,
        "screen_form": ScreenForm(),
        "vote_form": VoteForm(),
        "publish_form": PublishForm(),
        "contact_form": ContactForm(),
        "state_label": LABELS.get(page.now, page.manuscript.get_status_display()),
        **given,
    }
    return render(request, "manuscripts/show.html", context, status=status)


@access(MEMBER)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, pk)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Improve a manuscript that came back."""
    user = account(request)
    page = manuscript_page(user, pk)
    if not page.own:
        raise NotVisible("manuscript")
    status = 200
    if request.method == "POST":
        form = RevisionForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                manuscript_revise(actor=user, manuscript_id=pk, draft=form.draft)
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("Handed in again."))
                return redirect("manuscripts:show", pk)
    else:
        form = RevisionForm(initial={"title": page.manuscript.title, "text": page.submission.text})
    context = {"form": form, "page": page, "kinds": [page.route.terms]}
    return render(request, "manuscripts/edit.html", context, status=status)


@access(MEMBER)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a manuscript of one's own back."""
    manuscript_withdraw(actor=account(request), manuscript_id=pk)
    messages.success(request, _("You have taken it back."))
    return redirect("manuscripts:show", pk)


@access(MEMBER)
@require_POST
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a manuscript to the vote, or return it."""
    form = ScreenForm(request.POST)
    passes = request.POST.get("act") == "pass"
    if form.is_valid():
        try:
            manuscript_screen(
                actor=account(request), manuscript_id=pk, passes=passes, remark=form.cleaned_data["remark"]
            )
        except RuleViolation as error:
            add_problems(form, error)
        else:
            done = _("It is put to the vote.") if passes else _("It went back to its author.")
            messages.success(request, done)
            return redirect("manuscripts:show", pk)
    return _shown(request, pk, 422, screen_form=form)


@access(MEMBER)
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one's vote."""
    form = VoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        manuscript_vote(
            actor=account(request),
            manuscript_id=pk,
            choice=VoteChoice(given["choice"]),
            remark=given["remark"],
        )
        messages.success(request, _("Your vote is counted."))
        return redirect("manuscripts:show", pk)
    return _shown(request, pk, 422, vote_form=form)


@access(may("manuscript.accept"))
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a vote that waits for people who do not come."""
    manuscript_close_vote(actor=account(request), manuscript_id=pk)
    messages.success(request, _("The vote is closed; the votes given have decided."))
    return redirect("manuscripts:show", pk)


@access(MEMBER)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when and where it was published."""
    form = PublishForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            manuscript_publish(
                actor=account(request), manuscript_id=pk, day=given["day"], address=given["address"]
            )
        except RuleViolation as error:
            add_problems(form, error)
        else:
            messages.success(request, _("Published. The fee is paid when the month is computed."))
            return redirect("manuscripts:show", pk)
    return _shown(request, pk, 422, publish_form=form)


@access(MEMBER)
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the contact of an author this once; who read it and why is recorded."""
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            shown = contact_read(actor=account(request), manuscript_id=pk, reason=form.cleaned_data["reason"])
        except RuleViolation as error:
            add_problems(form, error)
        else:
            return _shown(request, pk, contact_shown=shown)
    return _shown(request, pk, 422, contact_form=form)


@access(may("manuscript.link"))
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """The addresses for authors without a log-in, and a new one."""
    user = account(request)
    schemes = schemes_to_link(user)
    status = 200
    if request.method == "POST":
        form = LinkForm(schemes, request.POST)
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            link_create(
                actor=user,
                scheme_code=given["scheme"],
                name=given["name"],
                days=given["days"],
                key=given["key"],
            )
            messages.success(request, _("The link is ready; copy it and hand it out."))
            return redirect("manuscripts:links")
    else:
        form = LinkForm(schemes)
    now = timezone.now()
    rows = [
        (one, one.is_live(now), _address(request, one) if one.is_live(now) else "")
        for one in links_listed(user)
    ]
    return render(
        request, "manuscripts/links.html", {"form": form, "rows": rows, "schemes": schemes}, status=status
    )


def _address(request: HttpRequest, link: Any) -> str:
    """The whole address, or "" when the key of the installation has changed since."""
    try:
        token = unseal(link.sealed_token)
    except RuleViolation:
        return ""
    return request.build_absolute_uri(reverse("manuscripts:receive", args=[token]))


@access(may("manuscript.link"))
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a link at once."""
    link_revoke(actor=account(request), link_id=pk)
    messages.success(request, _("The link is revoked; nobody can hand in by it any more."))
    return redirect("manuscripts:links")
