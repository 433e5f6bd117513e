"""Messages to robots and mailboxes, said to a local receiver; addresses that are kept sealed."""

import base64
import email
import hashlib
import hmac
from collections.abc import Iterator
from email import policy
from typing import Any

import pytest

from core.exceptions import RuleViolation
from core.messages import Address, SendFailed, cut, message_send, parse_address
from core.sealing import seal, unseal
from tests.opscenter.receivers import SIGN, TOKEN, Group, group_chat, mail_server

KINDS = ("wecom", "dingtalk", "feishu")


@pytest.fixture
def group(settings: Any) -> Iterator[Group]:
    with group_chat() as chat:
        settings.MESSAGE_ENDPOINTS = dict.fromkeys(KINDS, chat.url)
        yield chat


@pytest.mark.parametrize("kind", KINDS)
def test_each_robot_gets_its_own_protocol(group: Group, kind: str) -> None:
    message_send(kind, Address(token=TOKEN), "标题", "两行\n文字")

    assert [(one["kind"], one["token"]) for one in group.sent] == [(kind, TOKEN)]
    assert group.texts == ["标题\n两行\n文字"]


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_signed_robot_gets_a_signature_that_it_can_check(group: Group, kind: str) -> None:
    message_send(kind, Address(token=TOKEN, sign=SIGN), "", "x")

    said = group.sent[0]["query"]
    text = f"{said['timestamp']}\n{SIGN}"
    key, message = (SIGN, text) if kind == "dingtalk" else (text, "")
    wanted = base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()
    assert said["sign"] == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_behind_a_200_is_a_failure(group: Group, kind: str) -> None:
    group.refusal = 45009

    with pytest.raises(SendFailed) as failed:
        message_send(kind, Address(token=TOKEN), "", "x")

    assert "45009" in str(failed.value)
    assert TOKEN not in str(failed.value)


@pytest.mark.parametrize("kind", KINDS)
def test_no_connection_is_a_failure_that_tells_no_secret(settings: Any, kind: str) -> None:
    settings.MESSAGE_ENDPOINTS = dict.fromkeys(KINDS, "http://127.0.0.1:9")

    with pytest.raises(SendFailed) as failed:
        message_send(kind, Address(token=TOKEN), "", "x")

    assert TOKEN not in str(failed.value)


def test_mail() -> None:
    with mail_server() as (port, mails):
        url = f"mailto://127.0.0.1:{port}?from=ops@example.com&to=a@example.com&mode=insecure"
        message_send("mail", parse_address("mail", url), "提醒", "三人未填")

    mail = email.message_from_string(mails[0], policy=policy.default)
    assert (mail["Subject"], mail["To"]) == ("提醒", "a@example.com")
    body = mail.get_body(("plain", "html"))
    assert body is not None
    assert "三人未填" in body.get_content()


def test_no_mail_server_is_a_failure() -> None:
    url = "mailto://127.0.0.1:9?from=ops@example.com&to=a@example.com&mode=insecure"

    with pytest.raises(SendFailed):
        message_send("mail", Address(url=url), "", "x")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("wecom", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"),
        ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"),
        ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"),
        ("wecom", TOKEN),
    ],
)
def test_a_pasted_web_hook_is_understood(kind: str, text: str) -> None:
    assert parse_address(kind, f" {text} ").token == TOKEN


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("wecom", f"https://evil.example/cgi-bin/webhook/send?key={TOKEN}", "other_host"),
        ("feishu", f"http://127.0.0.1/open-apis/bot/v2/hook/{TOKEN}", "other_host"),
        ("wecom", "not a token", "not_web_hook"),
        ("mail", "https://example.com", "not_mail"),
        ("mail", "a@example.com", "not_mail"),
    ],
)
def test_another_address_is_refused(kind: str, text: str, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        parse_address(kind, text)

    assert refused.value.code == code


def test_a_long_text_is_cut_at_a_whole_character() -> None:
    assert len(cut("张" * 2000).encode()) <= 1900
    assert cut("短") == "短"


def test_sealed_text_opens_with_the_same_key_only(settings: Any) -> None:
    sealed = seal("geheim")
    assert "geheim" not in sealed
    assert unseal(sealed) == "geheim"

    settings.SECRET_KEY = "x" * 60
    with pytest.raises(RuleViolation):
        unseal(sealed)
