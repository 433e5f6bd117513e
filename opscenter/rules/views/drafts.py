"""Drafts: from a version to a new one, compared, submitted, activated by somebody else."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import access, account
from core.exceptions import NotVisible
from core.months import Month
from departments.models import DraftState, RuleDraft
from departments.permissions import may, reach_of
from departments.selectors import unit_tree
from opscenter.rules import services
from opscenter.rules.comparing import compared
from opscenter.rules.forms import ActivateForm, DiscardForm, DraftForm, offered
from opscenter.rules.kinds import KINDS, RuleKind
from opscenter.rules.pages import draft_seen, open_draft_of
from opscenter.rules.sheets import Rows, digest_of, rows_of
from opscenter.rules.versions import names, rule_shown
from opscenter.whatif.replays import replayable

MAY_EDIT = may("rules.edit")


def _blank(kind: RuleKind) -> Rows:
    """A new rule starts with the defaults of the table's declaration."""
    cells = {}
    for column in kind.columns:
        default = column.kind.cell(column.default_value())
        cells[column.name] = "" if default is None else str(default)
    return {kind.name: [cells], **{part: [] for part in kind.parts}}


def _from_version(request: HttpRequest, kind: RuleKind, code: str) -> Rows:
    """The latest version as the start of the next one, from the first day of next month on."""
    today = timezone.localdate()
    rule = rule_shown(account(request), unit_tree(today), kind.name, code, today)
    if not reach_of(account(request)).allows("rules.edit", rule.unit.pk):
        raise NotVisible("rule")
    latest = rule.versions[-1]
    rows = rows_of(latest)
    start = max(Month.of(today).plus(1).first, Month.of(latest.valid_from).plus(1).first)
    rows[kind.name][0]["valid_from"] = start.isoformat()
    if "valid_to" in rows[kind.name][0]:
        rows[kind.name][0]["valid_to"] = ""
    return rows


@access(MAY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    """A new version of ``?code=`` of ``?kind=``; without a code a new rule."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        raise NotVisible("kind")
    code = request.GET.get("code", "")
    if code and request.method != "POST":
        there = open_draft_of(account(request), kind, code)
        if there is not None:
            messages.info(request, _("A new version of this rule is being drafted already."))
            return redirect("rules:draft_compare", there.pk)
    rows = _from_version(request, kind, code) if code else _blank(kind)
    form = DraftForm(kind, offered(account(request)), rows, request.POST or None, kind.key if code else ())
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.draft_create(actor=account(request), kind=kind, rows=form.rows())
        except services.Rejected as error:
            form.tell(error.problems)
        else:
            messages.success(request, _("The draft is saved. Look at what it changes, then submit it."))
            return redirect("rules:draft_compare", draft.pk)
    return _form_page(request, form, kind, None, rows)


@access(MAY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; only its author can, others see what it changes."""
    seen = draft_seen(account(request), pk)
    if seen.author_id != account(request).pk or not seen.is_open:
        return redirect("rules:draft_compare", pk)
    kind = KINDS[seen.kind]
    fixed = kind.key if seen.base else ()
    form = DraftForm(kind, offered(account(request)), seen.rows, request.POST or None, fixed)
    if request.method == "POST" and form.is_valid():
        try:
            services.draft_save(actor=account(request), pk=pk, rows=form.rows())
        except services.Rejected as error:
            form.tell(error.problems)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("rules:draft_compare", pk)
    return _form_page(request, form, kind, seen, seen.rows)


def _form_page(
    request: HttpRequest, form: DraftForm, kind: RuleKind, seen: RuleDraft | None, rows: Rows
) -> HttpResponse:
    context = {"form": form, "kind": kind, "draft": seen, "name": rows[kind.name][0].get("name", "")}
    return render(request, "rules/draft.html", context, status=422 if form.errors else 200)


def _compare_page(request: HttpRequest, pk: int, **forms: Any) -> HttpResponse:
    reader = account(request)
    seen = draft_seen(reader, pk)
    today, kind = timezone.localdate(), KINDS[seen.kind]
    own = seen.author_id == reader.pk
    context = {
        "draft": seen,
        "kind": kind,
        "compared": compared(reader, seen, unit_tree(today), names(kind.refers_to), today),
        "own": own,
        "replayable": replayable(reader, seen),
        "may_activate": seen.state == DraftState.SUBMITTED and not own,
        "activate_form": ActivateForm(initial={"digest": digest_of(seen.rows)}),
        "discard_form": DiscardForm(prefix="discard"),
        **forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "rules/compare.html", context, status=422 if wrong else 200)


@access(MAY_EDIT)
@require_http_methods(["GET", "HEAD"])
def draft_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft changes, for whom, and the acts on it."""
    return _compare_page(request, pk)


@access(MAY_EDIT)
@require_POST
def draft_submit(request: HttpRequest, pk: int) -> HttpResponse:
    services.draft_submit(actor=account(request), pk=pk)
    messages.success(request, _("The draft is submitted. Somebody else can activate it now."))
    return redirect("rules:draft_compare", pk)


@access(MAY_EDIT)
@require_POST
def draft_activate(request: HttpRequest, pk: int) -> HttpResponse:
    form = ActivateForm(request.POST)
    draft_seen(account(request), pk)
    if not form.is_valid():
        return _compare_page(request, pk, activate_form=form)
    done = services.draft_activate(actor=account(request), pk=pk, **form.cleaned_data)
    messages.success(request, _("The new version is activated."))
    return redirect("rules:show", done.kind, done.code)


@access(MAY_EDIT)
@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    form = DiscardForm(request.POST, prefix="discard")
    draft_seen(account(request), pk)
    if not form.is_valid():
        return _compare_page(request, pk, discard_form=form)
    services.draft_discard(actor=account(request), pk=pk, **form.cleaned_data)
    messages.success(request, _("The draft is discarded."))
    return redirect("rules:list")
