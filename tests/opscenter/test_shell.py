"""The shell of the site: sign-in, language, headers, error pages, components."""

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import User
from core.templatetags import ui
from opscenter import asset_checks
from opscenter.static import StaticStorage
from tests.opscenter.conftest import PASSWORD

LOGIN = "/accounts/login/"
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def log_in(client: Client, password: str, language: str = "zh-CN") -> Any:
    return client.post(LOGIN, {"login": "lin", "password": password}, headers={"accept-language": language})


# --- sign-in -----------------------------------------------------------------------------------------


def test_login_when_right_opens_the_first_page(client: Client, person: User) -> None:
    answer = log_in(client, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("language", "sentence", "button"),
    [
        ("zh-CN", "您提供的用户名或密码不正确。", "登录"),
        ("en", "The username and/or password you specified are not correct.", "Sign in"),
    ],
)
def test_login_when_password_is_wrong_says_so(
    client: Client, person: User, language: str, sentence: str, button: str
) -> None:
    page = log_in(client, "wrong", language).content.decode()
    assert sentence in page
    assert f'type="submit">{button}</button>' in page
    assert 'value="lin"' in page
    assert "_auth_user_id" not in client.session


def test_login_after_five_failures_pauses_even_the_right_password(client: Client, person: User) -> None:
    for _attempt in range(5):
        log_in(client, "wrong")
    page = log_in(client, PASSWORD)
    assert page.status_code == 200
    assert "登录失败次数过多" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_login_offers_no_page_that_needs_mail(client: Client, db: None) -> None:
    page = client.get(LOGIN).content.decode()
    assert "/accounts/password/reset" not in page
    assert "/accounts/signup" not in page
    for path in ("password/reset/", "email/", "confirm-email/", "login/code/confirm/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_sign_up_is_closed(client: Client, db: None) -> None:
    form = {"username": "eve", "password1": "a long enough one", "password2": "a long enough one"}
    assert client.post("/accounts/signup/", form).status_code in {200, 404}
    assert not User.objects.exists()


def test_logout_asks_first_and_works_by_post_only(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_password_change_leads_back_to_the_first_page(client: Client, person: User) -> None:
    client.force_login(person)
    new = "another long sentence"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post("/accounts/password/change/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    person.refresh_from_db()
    assert person.check_password(new)


def test_home_without_sign_in_leads_to_it(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == f"{LOGIN}?next=/"


def test_admin_without_sign_in_leads_to_the_one_sign_in_page(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith(LOGIN)


def test_admin_carries_the_name_of_the_site(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    assert site.SITE_NAME in client.get("/admin/").content.decode()


def test_administrator_can_set_a_new_password(client: Client, person: User) -> None:
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    new = "another long sentence"
    form = {"password1": new, "password2": new, "usable_password": "true"}
    assert client.post(f"/admin/core/user/{person.pk}/password/", form).status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)


# --- language ----------------------------------------------------------------------------------------


def test_language_switch_keeps_the_page_and_changes_its_language(client: Client, db: None) -> None:
    chinese = client.get(LOGIN).content.decode()
    assert '<html lang="zh-hans"' in chinese
    assert 'value="en" lang="en"' in chinese
    answer = client.post(reverse("set_language"), {"language": "en", "next": LOGIN})
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    english = client.get(LOGIN).content.decode()
    assert '<html lang="en"' in english
    assert 'value="zh-hans" lang="zh-hans"' in english


# --- headers and documents ---------------------------------------------------------------------------

PUBLIC = (LOGIN, "/accounts/signup/", "/accounts/inactive/", "/nowhere/", "/healthz")
INSIDE = ("/parts/", "/accounts/password/change/", "/accounts/logout/", "/refuse/conflict/", "/deny/")


def policy_of(answer: Any) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))


class Document(HTMLParser):
    """What a strict policy forbids, and labels that are missing."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.script = given if tag == "script" else None
        if tag == "style" or "style" in given:
            self.forbidden.append(f"style at <{tag}>")
        self.forbidden += [f"{name} at <{tag}>" for name in given if name.startswith(("on", "hx-on"))]
        for name in ("src", "href", "action"):
            if str(given.get(name, "")).startswith(("http:", "https:", "//", "javascript:")):
                self.forbidden.append(f"{name} of another host at <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self.script = None

    def handle_data(self, data: str) -> None:
        if self.script is not None and data.strip() and self.script.get("type") != "application/json":
            self.forbidden.append("inline script")


@pytest.mark.parametrize("path", [*PUBLIC, *INSIDE])
def test_every_page_is_strict(client: Client, person: User, shell: None, path: str) -> None:
    if path in INSIDE:
        client.force_login(person)
    answer = client.get(path)
    policy = policy_of(answer)
    assert POLICY.items() <= policy.items()
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    document = Document()
    document.feed(answer.content.decode())
    assert document.forbidden == []


def test_templates_hold_no_inline_script_or_style() -> None:
    found = []
    for path in sorted((Path(site.BASE_DIR) / "templates").rglob("*.html")):
        text = re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text())
        document = Document()
        document.feed(text)
        found += [f"{path.name}: {what}" for what in document.forbidden]
    assert found == []


def test_shell_sends_the_token_with_htmx_and_marks_the_current_section(
    client: Client, person: User, shell: None
) -> None:
    person.is_staff = True
    person.save()
    client.force_login(person)
    page = client.get("/parts/").content.decode()
    token = re.search(r"""hx-headers='{"X-CSRFToken": "(\w+)"}'""", page)
    assert token
    settings_of_htmx = re.search(r"""name="htmx-config" content='(.*?)'""", page)
    assert settings_of_htmx
    assert json.loads(settings_of_htmx[1])["allowEval"] is False
    assert 'href="/admin/"' in page
    assert 'href="#main"' in page
    assert 'action="/search/"' in page


def test_shell_asks_for_session_and_user_only(
    client: Client, person: User, shell: None, django_assert_num_queries: Any
) -> None:
    person.is_superuser = True
    person.save()
    client.force_login(person)
    client.get("/parts/")
    with django_assert_num_queries(2):
        client.get("/parts/")


# --- health ------------------------------------------------------------------------------------------


def test_healthz_answers_without_sign_in_or_cookie(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


def test_healthz_when_the_database_is_gone_is_unavailable(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", gone)
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "chinese", "english"),
    [
        ("/refuse/rule/", 400, "权重合计须为 100", "权重合计须为 100"),
        ("/refuse/right/", 403, "您无权执行此操作。", "You may not do this."),
        ("/refuse/missing/", 404, "没有这个页面或记录。", "There is no such page or record."),
        (
            "/refuse/conflict/",
            409,
            "期间已有他人修改，请重新加载。",
            "Somebody else has changed this meanwhile.",
        ),
        ("/nowhere/", 404, "页面不存在", "Page not found"),
        ("/deny/", 403, "没有权限", "You may not do this"),
        ("/suspect/", 400, "无法执行", "This cannot be done"),
    ],
)
def test_error_page_has_its_status_and_speaks_the_readers_language(
    client: Client, db: None, shell: None, path: str, status: int, chinese: str, english: str
) -> None:
    for language, sentence in (("zh-CN", chinese), ("en", english)):
        answer = client.get(path, headers={"accept-language": language})
        assert answer.status_code == status
        assert sentence in answer.content.decode()


def test_error_page_names_what_is_wrong_and_links_back(client: Client, db: None, shell: None) -> None:
    page = client.get("/refuse/rule/", headers={"referer": "http://testserver/parts/"}).content.decode()
    assert "<b>权重</b> 合计 95" in page
    assert 'href="http://testserver/parts/"' in page
    elsewhere = client.get("/refuse/rule/", headers={"referer": "http://evil.example/"}).content.decode()
    assert "evil" not in elsewhere


def test_refusal_by_htmx_is_a_notice_for_the_page(client: Client, db: None, shell: None) -> None:
    answer = client.get("/refuse/conflict/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#notices")
    assert "<html" not in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_refusal_by_json_has_code_message_and_errors(client: Client, db: None, shell: None) -> None:
    answer = client.get("/refuse/rule/", headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "weights",
        "message": "权重合计须为 100",
        "errors": [{"field": "权重", "message": "合计 95"}],
    }


def test_failure_shows_no_detail(db: None, shell: None) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/fail/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出错了" in page
    assert "a failure" not in page
    assert "Traceback" not in page


def test_form_without_token_is_refused_with_our_page(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(LOGIN, {"login": "lin", "password": "x"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


# --- static files ------------------------------------------------------------------------------------


def test_vendored_files_are_the_published_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asset_checks.official_assets(None) == []
    name = "vendor/tabler/js/tabler.min.js"
    monkeypatch.setattr(asset_checks, "OFFICIAL_DIGESTS", {name: "0" * 64, "vendor/none.js": "0" * 64})
    assert [problem.id for problem in asset_checks.official_assets(None)] == [
        "opscenter.E002",
        "opscenter.E001",
    ]


def test_collectstatic_finds_every_file_that_styles_and_scripts_name(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        StaticStorage, "compress_files", lambda self, paths: ()
    )  # takes long, shows nothing here
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "opscenter.static.StaticStorage"}}
    ignored = ["*.map", "admin", "fontawesome-free", "rest_framework", "select2"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=ignored)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for name in ("opscenter/css/app.css", "opscenter/js/charts.js", *asset_checks.OFFICIAL_DIGESTS):
        assert (tmp_path / paths[name]).exists()


# --- components --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_figures_are_exact_and_grouped(language: str) -> None:
    with translation.override(language):
        assert ui.money(Decimal("1284600.5")) == "1,284,600.50"
        assert ui.money(Decimal("-0.005")) == "-0.01"
        assert ui.money(Decimal("0")) == "0.00"
        assert ui.money(None) == "—"
        assert ui.percent(Decimal("0.95325")) == "95.33%"
        assert ui.percent(Decimal("0.9555"), 0) == "96%"
        assert ui.percent(None) == "—"
        assert ui.rate(Decimal("1.2")) == "1.2000"
        assert ui.number(1234) == "1,234"
        assert ui.number(Decimal("1234.5000")) == "1,234.5"
        assert ui.number(Decimal("1200")) == "1,200"
        assert ui.number(None) == "—"


def test_figures_refuse_floats() -> None:
    with pytest.raises(TypeError):
        ui.money(0.1)  # type: ignore[arg-type]


def test_components_escape_what_people_typed() -> None:
    text = "{% load ui %}{% pill label %}{% page_head title=label %}<a>{{ label }}</a>{% endpage_head %}"
    shown = Template(text).render(Context({"label": "<script>x</script>"}))
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 3
    assert "<a>" in shown


def test_pager_keeps_the_filters(client: Client, person: User, shell: None) -> None:
    client.force_login(person)
    page = client.get("/parts/?unit=A1&page=2").content.decode()
    assert 'href="?unit=A1&amp;page=3"' in page
    assert "第 21–40 行，共 90 行" in page
    assert '<a href="?unit=A1&amp;page=2" aria-current="page">2</a>' in page
