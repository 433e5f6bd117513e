"""Second factors, sessions, limits and other services at sign-in."""

import base64
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from core.models import User
from opscenter.accounts import providers, second_factor
from opscenter.accounts.adapters import ExistingPeopleAdapter, SecondFactorAdapter
from opscenter.accounts.browsers import browser_name
from tests.opscenter.conftest import PASSWORD

LOGIN = "/accounts/login/"
SECURITY = "/accounts/security/"
REQUIRED = ["finance", "director", "admin"]


def sign_in(client: Client, name: str = "lin", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": name, "password": password})


def confirm(client: Client) -> None:
    """The password once more, as before every change to the account."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def set_up_app(client: Client) -> str:
    """Set up an authenticator app as the page says; gives its secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'class="oc-secret">(\w+)<', page)
    assert found, page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_view_recovery_codes"))
    cache.clear()  # a code works once: the next one is not waited for
    return found[1]


# --- limits ------------------------------------------------------------------------------------------


def test_sixth_wrong_attempt_is_refused_in_chinese(client: Client, person: User) -> None:
    for attempt in range(5):
        assert "您提供的用户名或密码不正确" in sign_in(client, password=f"wrong {attempt}").content.decode()
    refused = sign_in(client, password="wrong again").content.decode()
    assert "登录失败次数过多" in refused
    assert "您提供的用户名或密码不正确" not in refused


def test_limit_holds_for_one_log_in_from_any_address_and_leaves_others_alone(
    client: Client, person: User
) -> None:
    User.objects.create_user("wu", password=PASSWORD)
    for attempt in range(5):
        client.post(LOGIN, {"login": "lin", "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{attempt}")
    refused = client.post(LOGIN, {"login": "lin", "password": PASSWORD}, REMOTE_ADDR="10.0.0.99")
    assert "登录失败次数过多" in refused.content.decode()
    assert sign_in(Client(), "wu").status_code == 302


def test_wrong_codes_are_limited_too(client: Client, person: User) -> None:
    secret = SecondFactorAdapter().encrypt("A" * 32)
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    for _attempt in range(5):
        page = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    refused = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "登录失败次数过多" not in page
    assert "登录失败次数过多" in refused
    assert "_auth_user_id" not in client.session


# --- second factor -----------------------------------------------------------------------------------


def test_authenticator_app_is_set_up_asked_for_and_kept_encrypted(client: Client, person: User) -> None:
    sign_in(client)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    confirm(client)
    secret = set_up_app(client)
    stored = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret

    client.post("/accounts/logout/")
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get("/search/")["Location"].startswith(LOGIN)  # the password alone opens nothing
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_recovery_code_signs_in_once(client: Client, person: User) -> None:
    sign_in(client)
    confirm(client)
    set_up_app(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<code>(\d+)</code>", page)
    assert len(codes) == 10
    for expected in (302, 200):
        other = Client()
        sign_in(other)
        assert other.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == expected


def test_code_works_once(client: Client, person: User) -> None:
    sign_in(client)
    confirm(client)
    secret = set_up_app(client)
    first, second = Client(), Client()
    code = code_of(secret)
    for browser, expected in ((first, 302), (second, 200)):
        sign_in(browser)
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_secret_of_another_key_fits_no_code(settings: Any) -> None:
    closed = SecondFactorAdapter().encrypt("A" * 32)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "b" * 60
    assert SecondFactorAdapter().decrypt(closed) == "A" * 32
    settings.SECRET_KEY_FALLBACKS = []
    unknown = SecondFactorAdapter().decrypt(closed)
    assert unknown != "A" * 32
    assert len(base64.b32decode(unknown)) == 20
    assert unknown != SecondFactorAdapter().decrypt(closed)


@pytest.mark.parametrize(
    "name",
    ["mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"],
)
def test_change_of_factors_asks_for_the_password_again(client: Client, person: User, name: str) -> None:
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "k", "credential": {}})
    RecoveryCodes.activate(person)
    client.force_login(person)
    assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))


# --- who must have one -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "must"),
    [
        ("staff", False),
        ("leader", False),
        ("manager", False),
        ("hr", False),
        ("auditor", False),
        ("director", True),
        ("finance", True),
        ("admin", True),
    ],
)
def test_role_decides_who_sets_up_a_factor_first(people: Any, settings: Any, who: str, must: bool) -> None:
    settings.MFA_REQUIRED_ROLES = REQUIRED
    client = people.client(who)
    answer = client.get("/month/2024-04/")
    assert (answer.status_code == 302 and answer["Location"] == SECURITY) is must
    if must:
        for path in ("/", "/search/?q=a", "/month/2024-04/sheet/", "/i18n/nothing/", "/admin/"):
            answer = client.get(path)
            assert answer.status_code in {302, 404}, path
        assert client.post("/month/2024-04/roll-up/")["Location"] == SECURITY
        for path in (SECURITY, "/accounts/password/change/", "/accounts/logout/"):
            assert client.get(path).status_code == 200, path
        assert 'class="oc-notice warning"' in client.get(SECURITY).content.decode()


def test_role_needs_no_factor_unless_the_installation_says_so(people: Any, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = []
    assert people.client("finance").get("/month/2024-04/").status_code == 200


def test_factor_opens_the_pages(people: Any, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = REQUIRED
    finance = people.user("finance")
    assert second_factor.due(finance)
    Authenticator.objects.create(user=finance, type="recovery_codes", data={})
    assert second_factor.due(finance)  # a way back in is no factor
    Authenticator.objects.create(user=finance, type="webauthn", data={"name": "k", "credential": {}})
    assert not second_factor.due(finance)
    assert people.client("finance").get("/month/2024-04/").status_code == 200


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_administrators_of_the_site_need_one(client: Client, person: User, settings: Any, flag: str) -> None:
    settings.MFA_REQUIRED_ROLES = REQUIRED
    setattr(person, flag, True)
    person.save()
    client.force_login(person)
    for path in ("/", "/admin/", f"/admin/core/user/{person.pk}/change/"):
        assert client.get(path)["Location"] == SECURITY, path


def test_htmx_request_is_led_there_as_a_page(people: Any, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = REQUIRED
    answer = people.client("finance").get("/month/2024-04/", headers={"hx-request": "true"})
    assert answer["HX-Redirect"] == SECURITY


# --- sessions ----------------------------------------------------------------------------------------


def test_sessions_are_listed_and_the_others_ended(client: Client, person: User) -> None:
    phone = Client(
        headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1"}
    )
    sign_in(phone)
    sign_in(client)
    page = client.get("/accounts/sessions/").content.decode()
    assert "Safari · iPhone" in page
    assert UserSession.objects.filter(user=person).count() == 2
    client.post("/accounts/sessions/")
    assert "_auth_user_id" not in phone.session
    assert client.get("/accounts/sessions/").status_code == 200
    assert UserSession.objects.filter(user=person).count() == 1


def test_sessions_of_others_are_not_listed(client: Client, person: User) -> None:
    other = User.objects.create_user("wu", password=PASSWORD)
    stranger = Client(headers={"user-agent": "Firefox/1 Windows"})
    sign_in(stranger, "wu")
    sign_in(client)
    assert "Firefox" not in client.get("/accounts/sessions/").content.decode()
    client.post("/accounts/sessions/")
    assert stranger.session["_auth_user_id"] == str(other.pk)


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8", "WeChat · Android"),
        ("curl/8", ""),
    ],
)
def test_browser_has_a_name(description: str, name: str) -> None:
    assert browser_name(description) == name


# --- other services ----------------------------------------------------------------------------------

ENVIRONMENT = {
    "DINGTALK_CLIENT_ID": "ding",
    "DINGTALK_CLIENT_SECRET": "x",
    "WEIXIN_CLIENT_ID": "without a secret",
    "OIDC_SERVER_URL": "https://id.company.example/realms/a",
    "OIDC_CLIENT_ID": "ops",
    "OIDC_CLIENT_SECRET": "y",
    "OIDC_NAME": "公司账号",
}


def configured(values: dict[str, str]) -> providers.SignInServices:
    return providers.configured(lambda name, default="": values.get(name, default))


def test_services_are_those_of_the_environment() -> None:
    assert configured({}) == providers.SignInServices()
    found = configured(ENVIRONMENT)
    assert set(found.providers) == {"dingtalk", "openid_connect"}
    assert found.hosts == ["https://login.dingtalk.com", "https://id.company.example"]


def test_sign_in_page_shows_configured_services_only(client: Client, db: None, settings: Any) -> None:
    assert "oc-services" not in client.get(LOGIN).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = configured(ENVIRONMENT).providers
    settings.ROOT_URLCONF = "tests.opscenter.service_urls"
    page = client.get(LOGIN).content.decode()
    assert "公司账号" in page
    assert 'action="/accounts/dingtalk/login/' in page
    assert "weixin" not in page


def test_addresses_of_services_that_are_not_configured_do_not_exist(client: Client, db: None) -> None:
    for path in ("dingtalk/login/", "feishu/login/", "weixin/login/", "oidc/oidc/login/", "services/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def come_by_service(user: User, uid: str) -> tuple[Any, Any]:
    """Somebody comes back from another service, which says who they are."""
    request = RequestFactory().get("/accounts/dingtalk/login/callback/")
    SessionMiddleware(lambda _request: None).process_request(request)  # type: ignore[arg-type,return-value]
    MessageMiddleware(lambda _request: None).process_request(request)  # type: ignore[arg-type,return-value]
    request.user = AnonymousUser()
    account = SocialAccount(provider="dingtalk", uid=uid)
    address = EmailAddress(email=user.email, verified=True, primary=True)
    login = SocialLogin(user=user, account=account, email_addresses=[address])
    login.state = {"process": "login"}
    with request_context(request):
        return request, complete_social_login(request, login)


def test_service_makes_no_account_also_not_for_a_known_address(person: User, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(ENVIRONMENT).providers
    settings.ROOT_URLCONF = "tests.opscenter.service_urls"
    person.email = "lin@company.example"
    person.save()
    request, answer = come_by_service(User(username="lin", email="lin@company.example"), "stranger")
    assert answer.status_code == 200
    assert "_auth_user_id" not in request.session
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_service_signs_in_who_connected_it_before(person: User, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(ENVIRONMENT).providers
    settings.ROOT_URLCONF = "tests.opscenter.service_urls"
    SocialAccount.objects.create(user=person, provider="dingtalk", uid="known")
    request, answer = come_by_service(User(username="lin"), "known")
    assert answer.status_code == 302
    assert request.session["_auth_user_id"] == str(person.pk)


def test_row_in_the_database_opens_no_service(db: None) -> None:
    from allauth.socialaccount.models import SocialApp

    SocialApp.objects.create(provider="feishu", name="x", client_id="x", secret="x")
    assert ExistingPeopleAdapter().list_apps(RequestFactory().get("/")) == []


def test_password_change_keeps_this_session_and_ends_the_others(client: Client, person: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    new = "another long sentence"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert client.get("/search/").status_code == 200
    assert elsewhere.get("/search/")["Location"].startswith(LOGIN)
