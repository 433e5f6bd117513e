"""Signing in by another service: only those that the environment names, and only for existing people.

Read by the settings, so it may import no Django.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

#: The hosts to which the browser is sent; the content policy must let the sign-in form go there.
HOSTS = {
    "dingtalk": ["https://login.dingtalk.com"],
    "feishu": ["https://open.feishu.cn", "https://passport.feishu.cn", "https://accounts.feishu.cn"],
    "weixin": ["https://open.weixin.qq.com"],
}
OIDC = "openid_connect"
OIDC_ID = "oidc"


@dataclass(frozen=True)
class SignInServices:
    """The configured services.

    ``providers``: as the sign-in library wants them; ``hosts``: where their sign-in pages are.
    """

    providers: dict[str, dict[str, Any]] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)


def configured(env: Callable[..., str]) -> SignInServices:
    """The services that have both a client and its secret in the environment.

    ``DINGTALK_CLIENT_ID`` and ``DINGTALK_CLIENT_SECRET``, likewise ``FEISHU_…`` and ``WEIXIN_…``; for any
    OpenID Connect server ``OIDC_SERVER_URL``, ``OIDC_CLIENT_ID``, ``OIDC_CLIENT_SECRET``, ``OIDC_NAME``.
    """
    providers: dict[str, dict[str, Any]] = {}
    hosts: list[str] = []
    for name, named_hosts in HOSTS.items():
        client, secret = _client(env, name.upper())
        if client and secret:
            providers[name] = {"APPS": [{"client_id": client, "secret": secret}]}
            hosts += named_hosts
    client, secret = _client(env, "OIDC")
    server = env("OIDC_SERVER_URL", default="")
    if client and secret and server:
        app = {
            "provider_id": OIDC_ID,
            "name": env("OIDC_NAME", default="OpenID Connect"),
            "client_id": client,
            "secret": secret,
            "settings": {"server_url": server},
        }
        providers[OIDC] = {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        parts = urlsplit(server)
        hosts.append(f"{parts.scheme}://{parts.netloc}")
    return SignInServices(providers, hosts)


def _client(env: Callable[..., str], prefix: str) -> tuple[str, str]:
    return env(f"{prefix}_CLIENT_ID", default=""), env(f"{prefix}_CLIENT_SECRET", default="")
