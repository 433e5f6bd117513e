"""Messages to groups and mailboxes: where they go, and sending one now.

The library that speaks to robots and mail servers is loaded when a message is sent: it is large.
"""

import re
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation

#: bytes of text; WeCom takes 2,048, the others ten times as many
TEXT_BYTES = 1_900
MAIL_SCHEMES = ("mailto", "mailtos")
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")


class MessageKind(models.TextChoices):
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")
    MAIL = "mail", _("mail")


@dataclass(frozen=True)
class Address:
    """Where a message goes.  ``token``: a robot's; ``sign``: the secret with which it wants messages signed;
    ``url``: of mail.  All of it is secret.
    """

    token: str = ""
    sign: str = ""
    url: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class SendFailed(Exception):
    """The message was not taken; ``str()`` says why, without anything secret."""


def parse_address(kind: str, text: str, sign: str = "") -> Address:
    """The address that a person pasted: a robot's web hook or its token, or an apprise mail URL.

    Raises ``RuleViolation`` for one that is none, and for a web hook of another host than the robots'.
    """
    from core.robots import mail_sender

    text, sign = text.strip(), sign.strip()
    if kind == MessageKind.MAIL:
        if urlsplit(text).scheme not in MAIL_SCHEMES or mail_sender(text) is None:
            raise RuleViolation(
                "not_mail",
                _(
                    "Write it as mailtos://user:password@smtp.example.com?from=…&to=a@example.com,b@example.com"
                ),
            )
        return Address(url=text)
    token = text
    if "://" in text:
        parts, home = urlsplit(text), urlsplit(settings.MESSAGE_ENDPOINTS[kind])
        if parts.netloc != home.netloc:
            raise RuleViolation(
                "other_host", _("A web hook of this kind begins with %(home)s."), home=home.geturl()
            )
        query = parse_qs(parts.query)
        named = query.get("key") or query.get("access_token") or [parts.path.rstrip("/").rpartition("/")[2]]
        token = named[0]
    if not TOKEN.fullmatch(token) or (sign and not TOKEN.fullmatch(sign)):
        raise RuleViolation("not_web_hook", _("Paste the web hook as the robot's settings show it."))
    return Address(token=token, sign=sign)


def message_send(kind: str, address: Address, title: str, body: str) -> None:
    """Send one message now.  Raises ``SendFailed``."""
    from core.robots import ROBOTS, mail_sender

    text = cut(body)
    if kind == MessageKind.MAIL:
        sender = mail_sender(address.url)
        if sender is None or not sender.notify(body=text, title=title):
            raise SendFailed(str(_("The mail server did not take the message.")))
        return
    robot = ROBOTS[kind](address.token, address.sign)
    if not robot.notify(body=f"{title}\n{text}" if title else text):
        raise SendFailed(robot.failure or str(_("The robot did not take the message.")))


def cut(text: str) -> str:
    """At most ``TEXT_BYTES`` of a text, at a whole character."""
    raw = text.encode()
    return text if len(raw) <= TEXT_BYTES else raw[: TEXT_BYTES - 3].decode(errors="ignore") + "…"
