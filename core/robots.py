"""The robots of WeCom, DingTalk and Feishu, and mail, through apprise.

The robots answer 200 also when they refuse a message and say why in the body; apprise takes every 200 for
sent, so its plugins are extended here to read the answer.  Where a robot lives is a setting, for private
deployments and for tests.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

import apprise
import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings
from django.utils.translation import gettext as _

#: seconds
TIMEOUT = 10
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key={key}",
    "dingtalk": "/robot/send?access_token={token}",
    "feishu": "/open-apis/bot/v2/hook/{token}",
}


def mail_sender(url: str) -> Any:
    """What sends mail by an apprise URL; ``None`` for a URL that is none."""
    return apprise.Apprise.instantiate(url)


class _Answered:
    """Posts a message and reads whether the robot took it."""

    failure = ""

    def post(self, url: str, payload: dict[str, Any], params: dict[str, str] | None = None) -> bool:
        self.throttle()  # type: ignore[attr-defined]
        try:
            answer = requests.post(url, json=payload, params=params, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            # The exception's text holds the address, which is secret.
            self.failure = str(_("No connection (%(error)s).")) % {"error": type(error).__name__}
            return False
        if answer.status_code != requests.codes.ok:
            self.failure = f"HTTP {answer.status_code}"
            return False
        try:
            said = answer.json()
        except ValueError:
            said = {}
        code = (
            said.get("errcode", said.get("code", said.get("StatusCode"))) if isinstance(said, dict) else None
        )
        if code != 0:
            told = str(said.get("errmsg") or said.get("msg") or "") if isinstance(said, dict) else ""
            self.failure = f"{code}: {told}"[:200]
            return False
        return True


class WeComRobot(_Answered, NotifyWeComBot):
    def __init__(self, token: str, sign: str) -> None:
        super().__init__(key=token)

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        url = settings.MESSAGE_ENDPOINTS["wecom"] + PATHS["wecom"].format(key=self.key)
        return self.post(url, {"msgtype": "text", "text": {"content": body}})


class DingTalkRobot(_Answered, NotifyDingTalk):
    def __init__(self, token: str, sign: str) -> None:
        super().__init__(token=token, secret=sign or None)

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        url = settings.MESSAGE_ENDPOINTS["dingtalk"] + PATHS["dingtalk"].format(token=self.token)
        params = None
        if self.secret:
            stamp = str(int(time.time() * 1000))
            # Not the plugin's own signature: that is quoted already, and would be quoted twice here.
            params = {"timestamp": stamp, "sign": _signature(self.secret, f"{stamp}\n{self.secret}")}
        return self.post(url, {"msgtype": "text", "text": {"content": body}}, params)


class FeishuRobot(_Answered, NotifyFeishu):
    def __init__(self, token: str, sign: str) -> None:
        super().__init__(token=token)
        self.sign = sign

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        url = settings.MESSAGE_ENDPOINTS["feishu"] + PATHS["feishu"].format(token=self.token)
        payload: dict[str, Any] = {"msg_type": "text", "content": {"text": body}}
        if self.sign:
            stamp = str(int(time.time()))
            payload |= {"timestamp": stamp, "sign": _signature(f"{stamp}\n{self.sign}", "")}
        return self.post(url, payload)


def _signature(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


ROBOTS: dict[str, Any] = {"wecom": WeComRobot, "dingtalk": DingTalkRobot, "feishu": FeishuRobot}
