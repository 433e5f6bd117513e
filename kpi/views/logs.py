"""The pages of the daily log: one row, many rows at once, a row with its history, all rows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import Conflict, DomainError, NotVisible
from core.files import content_of, file_read
from core.forms import add_problems
from core.models import User
from departments.models import Staff
from departments.permissions import MEMBER
from kpi.calculations.links import link_key
from kpi.forms.logs import CorrectionForm, LogForm, PasteForm, RowForm, new_key
from kpi.models import LogEntry
from kpi.selectors.choices import (
    activities_offered,
    colleagues,
    duty_with,
    person_named,
    platforms_offered,
)
from kpi.selectors.logs import (
    Pasted,
    last_day_logged,
    links_before,
    links_read,
    log_history,
    rows_of_day,
)
from kpi.services.evidence import EVIDENCE, evidence_store
from kpi.services.logs import MOST_ROWS, NewLog, duty_tick, log_correct, logs_add, may_log_for

RowFormSet = formset_factory(RowForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True)


def logging_for(user: User, staff_no: str) -> Staff:
    """The person to log for: oneself, or somebody whose logs one verifies.  Raises ``NotVisible``."""
    found = person_named(user, staff_no)
    if found.user_id != user.pk and not may_log_for(user, found):
        raise NotVisible("staff")
    return found


def asked_for(request: HttpRequest) -> Staff:
    return logging_for(account(request), request.POST.get("staff", request.GET.get("staff", "")))


def landing(request: HttpRequest, staff: Staff) -> str:
    """Where to go after logging: to one's own day, or to the rows of the person one logged for."""
    if staff.user_id == account(request).pk:
        return reverse("today:show")
    return f"{reverse('logs:list')}?staff={staff.staff_no}"


def tell_logged(request: HttpRequest, entries: list[LogEntry]) -> None:
    rows, total = len(entries), sum(entry.count for entry in entries)
    if rows == 1:
        text = _("Logged: %(what)s × %(count)s.") % {
            "what": entries[0].platform.name,
            "count": total,
        }
    else:
        text = ngettext("%(rows)s row logged.", "%(rows)s rows logged.", rows) % {"rows": rows}
    messages.success(request, text)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """One row in full; the buttons of Today post here too."""
    staff = asked_for(request)
    posted = request.method == "POST"
    status = 422 if posted else 200
    initial = {name: request.GET[name] for name in ("platform", "activity", "handle") if name in request.GET}
    form = LogForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        staff=staff,
        initial={"key": new_key(), **initial},
    )
    if posted and form.is_valid():
        try:
            entries = logs_add(
                actor=account(request),
                staff=staff,
                rows=[_new_log(account(request), form.cleaned_data)],
                key=form.cleaned_data["key"],
            )
        except DomainError as error:
            status = told_beside(form, error)
        else:
            tell_logged(request, entries)
            return redirect(landing(request, staff))
    context = {"form": form, "staff": staff, "own": staff.user_id == account(request).pk}
    return render(request, "logs/add.html", context, status=status)


def told_beside(form: forms.Form, error: DomainError) -> int:
    """Show beside the form what was refused, so that nothing typed is lost; gives the status of the answer.

    Raises again what the form cannot tell.
    """
    if error.status in (400, 403):
        add_problems(form, error)
        return 422
    if isinstance(error, Conflict) and error.about_locked_month:
        form.add_error("date" if "date" in form.fields else None, str(error))
        return error.status
    raise error


def _new_log(actor: User, given: Mapping[str, Any]) -> NewLog:
    upload = given.get("screenshot")
    evidence = evidence_store(owner=actor, name=upload.name, content=upload.read()) if upload else None
    names = ("date", "platform", "activity", "count", "handle", "url", "partner", "duty", "note")
    return NewLog(**{name: given[name] for name in names}, evidence=evidence)


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Many links at once: what is known about each is filled in, then one tap saves them."""
    staff = asked_for(request)
    posted = request.method == "POST"
    form = PasteForm(request.POST if posted else None, initial={"key": new_key()})
    if posted and form.is_valid():
        day = form.cleaned_data["date"]
        found = links_read(staff, form.cleaned_data["text"], day)
        if found and len(found) <= MOST_ROWS:
            rows = _row_forms(initial=[_initial(one) for one in found])
            return _rows_page(request, staff, rows, day, form.cleaned_data["key"], "paste")
        problem = (
            _("Log at most %(limit)s rows at once.") % {"limit": MOST_ROWS}
            if found
            else _("There is no link in the text. A link looks like https://…")
        )
        form.add_error("text", problem)
    context = {"form": form, "staff": staff, "own": staff.user_id == account(request).pk}
    return render(request, "logs/paste.html", context, status=422 if posted else 200)


def _initial(one: Pasted) -> dict[str, Any]:
    return {
        "chosen": one.ticked,
        "url": one.url,
        "platform": one.platform.code if one.platform else "",
        "activity": one.activity,
        "handle": one.handle,
        "count": one.count,
        "note": one.note,
    }


@access(MEMBER)
@require_safe
def copy_yesterday(request: HttpRequest) -> HttpResponse:
    """The rows of the last day with logs, without links, to be changed and saved for today."""
    staff, today = asked_for(request), timezone.localdate()
    before = last_day_logged(staff, today)
    if before is None:
        messages.info(request, _("There is no earlier day to copy yet."))
        return redirect(landing(request, staff))
    rows = _row_forms(
        initial=[
            {
                "chosen": True,
                "platform": row.platform.code,
                "activity": row.activity,
                "handle": row.handle,
                "partner": row.partner.staff_no if row.partner else "",
                "count": row.count,
            }
            for row in rows_of_day(staff, before)[:MOST_ROWS]
        ]
    )
    return _rows_page(request, staff, rows, today, new_key(), "copy", before)


def _row_forms(**kwargs: Any) -> "BaseFormSet[RowForm]":
    platforms, names = list(platforms_offered()), activities_offered()
    known = {code for code, _name in names}
    given = [row.get("activity") for row in kwargs.get("initial", ())]
    data = kwargs.get("data")
    if data is not None:
        given += [value for name, value in data.items() if name.endswith("-activity")]
    names += [(code, code) for code in sorted({code for code in given if code} - known)]
    return RowFormSet(form_kwargs={"platforms": platforms, "activities": names}, **kwargs)


@access(MEMBER)
@require_POST
def save_rows(request: HttpRequest) -> HttpResponse:
    """Log the ticked rows, all or none."""
    staff = asked_for(request)
    day = parse_date(request.POST.get("date", "")) or timezone.localdate()
    key, origin = request.POST.get("key", ""), request.POST.get("origin", "")
    rows = _row_forms(data=request.POST)
    if not key.startswith("web-") or len(key) != 36:
        raise NotVisible("form")
    problem, status = "", 422
    if rows.is_valid():
        chosen = [form for form in rows if form.cleaned_data.get("chosen")]
        try:
            entries = logs_add(actor=account(request), staff=staff, rows=_chosen(staff, chosen, day), key=key)
        except DomainError as error:
            locked = isinstance(error, Conflict) and error.about_locked_month
            if error.status not in (400, 403) and not locked:
                raise
            status = error.status if locked else 422
            problem = _place_problems(chosen, error)
        else:
            tell_logged(request, entries)
            return redirect(landing(request, staff))
    return _rows_page(request, staff, rows, day, key, origin, problem=problem, status=status)


def _chosen(staff: Staff, forms: list[RowForm], day: date) -> list[NewLog]:
    numbers = {form.cleaned_data["partner"] for form in forms} - {""}
    partners = colleagues(staff.root_id, numbers)
    return [
        NewLog(
            date=day,
            platform=form.known[form.cleaned_data["platform"]],
            activity=form.cleaned_data["activity"],
            count=form.cleaned_data["count"],
            handle=form.cleaned_data["handle"],
            url=form.cleaned_data["url"],
            note=form.cleaned_data["note"],
            partner=partners.get(form.cleaned_data["partner"]),
        )
        for form in forms
    ]


def _place_problems(forms: list[RowForm], error: DomainError) -> str:
    """Show each problem in its row; gives what belongs to none of them."""
    rest = []
    for one in error.errors:
        place, dot, name = str(one["field"]).partition(".")
        number, field = (int(place), name) if dot else (0, place)
        if number < len(forms) and field in forms[number].fields:
            forms[number].add_error(field, one["message"])
        else:
            rest.append(str(one["message"]))
    return " ".join(dict.fromkeys(rest)) if error.errors else str(error)


def _rows_page(
    request: HttpRequest,
    staff: Staff,
    rows: "BaseFormSet[RowForm]",
    day: date,
    key: str,
    origin: str,
    copied: date | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    urls = [str(form["url"].value() or "") for form in rows]
    keys = [link_key(url) for url in urls]
    before = links_before(staff.root_id or 0, keys)
    lines = [
        {
            "form": form,
            "url": url,
            "before": before.get(key_of),
            "twice": bool(key_of) and key_of in keys[:place],
        }
        for place, (form, url, key_of) in enumerate(zip(rows, urls, keys, strict=True))
    ]
    context = {
        "staff": staff,
        "own": staff.user_id == account(request).pk,
        "rows": rows,
        "lines": lines,
        "day": day,
        "key": key,
        "origin": origin,
        "copied": copied,
        "problem": problem,
    }
    return render(request, "logs/rows.html", context, status=status)


@access(MEMBER)
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A row with its history, evidence and the same link elsewhere."""
    history = log_history(account(request), pk)
    return render(request, "logs/show.html", {"history": history, "entry": history.entry})


@access(MEMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a row by one with the right number, with a reason."""
    history = log_history(account(request), pk)
    entry = history.entry
    posted = request.method == "POST"
    status = 422 if posted else 200
    logging_for(account(request), entry.staff.staff_no)
    form = CorrectionForm(
        request.POST if posted else None,
        initial={"key": new_key(), "count": entry.count, "handle": entry.handle},
    )
    if posted and form.is_valid():
        given = form.cleaned_data
        try:
            new = log_correct(
                actor=account(request),
                entry_id=pk,
                count=given["count"],
                handle=given["handle"],
                reason=given["reason"],
                key=given["key"],
            )
        except DomainError as error:
            status = told_beside(form, error)
        else:
            messages.success(request, _("Corrected; the old row stays readable."))
            return redirect("logs:show", new.pk)
    context = {"history": history, "entry": entry, "form": form}
    return render(request, "logs/correct.html", context, status=status)


@access(MEMBER)
@require_safe
def image(request: HttpRequest, pk: int) -> HttpResponse:
    """The screenshot of a row, to look at; a file that was no picture never became one."""
    entry = log_history(account(request), pk).entry
    if entry.evidence is None or entry.evidence.kind != EVIDENCE:
        raise NotVisible("image")
    stored = file_read(reader=account(request), key=entry.evidence.key)
    answer = HttpResponse(content_of(stored), content_type="image/jpeg")
    answer["Content-Disposition"] = "inline"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@access(MEMBER)
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a duty without a number as done today.  Rule: YJ-17."""
    duty = duty_with(pk)
    duty_tick(actor=account(request), duty=duty, day=timezone.localdate())
    messages.success(request, _("Ticked: %(duty)s.") % {"duty": duty.item})
    return redirect("today:show")
