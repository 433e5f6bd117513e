"""The pages of manuscripts for people without a log-in: handing in, the receipt, the state of one's own.

They act with nobody's rights and keep no session, so they are exempt from the session's token against other
sites; what a page sends carries a key of ours (``GuestForm``) or the author's own code.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import PUBLIC, access
from core.exceptions import DomainError, NotVisible, RuleViolation
from core.forms import add_problems
from core.sealing import seal, unseal
from incentives.forms.manuscripts import GuestForm, GuestRevisionForm, ReceiptForm
from incentives.models import Manuscript, ManuscriptStatus, Step
from incentives.selectors.manuscript_board import guest_desk
from incentives.selectors.manuscript_routes import terms_of
from incentives.services.manuscripts import step_now
from incentives.services.submissions import (
    GUESTS,
    link_opened,
    manuscript_receive,
    own_submission,
    own_submission_end,
    own_submission_revise,
)

#: the version of the text of ``manuscripts/_consent.html``; another text gets another number
CONSENT = "1"
#: seconds for which the page with the code can be loaded again
RECEIPT_FOR = 1800
View = Callable[..., HttpResponse]


def in_asked_language(view: View) -> View:
    """``?lang=`` is kept in the cookie that the site keeps languages in, and the page opened without it."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        if asked not in dict(settings.LANGUAGES) or request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        back = redirect(request.path)
        back.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, asked, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax"
        )
        return back

    return answer


def _limited(request: HttpRequest, action: str, key: str) -> bool:
    """Whether this address, or this link or number, has asked too often; counted as sign-ins are."""
    return not ratelimit.consume(request, action=action, key=key)


def _too_often(form: Any) -> None:
    form.add_error(None, _("Too many attempts. Wait a few minutes; what you typed is still here."))


def consent_version() -> str:
    """Which text in which language was shown."""
    return f"{CONSENT}/{translation.get_language() or settings.LANGUAGE_CODE}"


@access(PUBLIC)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_asked_language
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Hand in a manuscript by a link; an unknown or ended link is no page."""
    link = link_opened(token)
    status = 200
    if request.method == "POST":
        form = GuestForm(link.digest, request.POST)
        status = 422
        valid = form.is_valid()
        if _limited(request, "manuscript_sent", link.digest):
            _too_often(form)
            status = 429
        elif valid:
            try:
                receipt = manuscript_receive(
                    link=link,
                    draft=form.draft,
                    guest=form.guest(consent_version()),
                    key=form.cleaned_data["key"],
                )
            except RuleViolation as error:
                add_problems(form, error)
            else:
                kept = {
                    "reference": receipt.reference,
                    "code": receipt.code,
                    "at": int(timezone.now().timestamp()),
                }
                return redirect("manuscripts:sent", seal(json.dumps(kept)))
    else:
        form = GuestForm(link.digest)
    desk = guest_desk(link)
    kinds = [(desk.terms[kind], desk.fees.get(kind)) for kind in reversed(GUESTS)]
    context = {"form": form, "link": link, "kinds": kinds, "days": settings.MANUSCRIPT_CONTACT_DAYS}
    return render(request, "manuscripts/receive.html", context, status=status)


@access(PUBLIC)
@never_cache
@require_safe
@in_asked_language
def sent(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt, for half an hour; then the number and the code are the author's alone."""
    try:
        kept = json.loads(unseal(receipt))
    except (RuleViolation, ValueError) as error:
        raise NotVisible("receipt") from error
    if not isinstance(kept, dict) or timezone.now().timestamp() - kept.get("at", 0) > RECEIPT_FOR:
        raise NotVisible("receipt")
    return render(request, "manuscripts/sent.html", {"receipt": kept})


def _own(request: HttpRequest, status: int, manuscript: Manuscript, **given: Any) -> HttpResponse:
    reference, code = request.POST.get("reference", ""), request.POST.get("code", "")
    now = step_now(manuscript)
    submission = manuscript.submission
    typed = {"reference": reference, "code": code}
    context = {
        "manuscript": manuscript,
        "submission": submission,
        "now": now,
        "typed": typed,
        "terms": terms_of(manuscript),
        "may_revise": now == Step.RETURNED,
        "published": manuscript.status == ManuscriptStatus.PUBLISHED,
        "revision_form": GuestRevisionForm(
            initial={**typed, "title": manuscript.title, "text": submission.text}
        ),
        **given,
    }
    return render(request, "manuscripts/own.html", context, status=status)


@access(PUBLIC)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_asked_language
def state(request: HttpRequest) -> HttpResponse:
    """Ask for the state of one's manuscript by its number and code."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            return _own(request, 200, _asked(request, form))
        except NotVisible:
            form.add_error(None, _("There is no manuscript with this number and code."))
        except TooOften:
            _too_often(form)
            status = 429
    return render(request, "manuscripts/state.html", {"form": form}, status=status)


class TooOften(DomainError):
    """Asked too often; the answer says to wait."""

    status = 429


def _asked(request: HttpRequest, form: ReceiptForm) -> Manuscript:
    """The manuscript of a number and code.  Raises ``NotVisible`` for a wrong pair, ``TooOften``."""
    given = form.cleaned_data
    if _limited(request, "manuscript_asked", given["reference"].strip().upper()):
        raise TooOften("too_often")
    return own_submission(reference=given["reference"], code=given["code"])


@access(PUBLIC)
@csrf_exempt
@never_cache
@require_POST
def state_revise(request: HttpRequest) -> HttpResponse:
    """Send a returned manuscript again."""
    form = GuestRevisionForm(request.POST)
    valid = form.is_valid()
    if {"reference", "code"} & set(form.errors):
        raise NotVisible("submission")
    manuscript = _asked(request, form)
    if not valid:
        return _own(request, 422, manuscript, revision_form=form)
    try:
        given = form.cleaned_data
        manuscript = own_submission_revise(reference=given["reference"], code=given["code"], draft=form.draft)
    except RuleViolation as error:
        add_problems(form, error)
        return _own(request, 422, manuscript, revision_form=form)
    return _own(request, 200, manuscript, done=_("Handed in again."))


@access(PUBLIC)
@csrf_exempt
@never_cache
@require_POST
def state_end(request: HttpRequest) -> HttpResponse:
    """Take the consent back."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        raise NotVisible("submission")
    _asked(request, form)
    given = form.cleaned_data
    manuscript = own_submission_end(reference=given["reference"], code=given["code"])
    return _own(request, 200, manuscript, done=_("Your consent is taken back; text and contact are erased."))
