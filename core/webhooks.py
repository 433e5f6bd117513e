"""Sending a signed message to somebody else's server, and to nothing inside our own network.

The host is resolved once, every address it has must be public, and the connection goes to the very address
that was looked at.  Redirects are not followed, answers are not read.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SIGNATURE = "OpsCenter-Signature"
#: seconds for each step, and for everything together
STEP_TIMEOUT = 5
WHOLE_TIMEOUT = 15
PORTS = {"https": 443, "http": 80}
# The bridges between the address families lead to IPv4 addresses that look public.
BRIDGES = [
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]

NO_ADDRESS = gettext_lazy("Write a whole address, such as https://example.cn/hooks.")
NEEDS_TLS = gettext_lazy("The address must begin with https://.")
NO_CREDENTIALS = gettext_lazy("Leave name and password out of the address.")
PRIVATE = gettext_lazy("This address lies in a private network; only public ones are sent to.")


@dataclass(frozen=True)
class Outcome:
    """``status`` of the answer, if there was one; ``error`` in words, empty when it was taken."""

    status: int | None
    error: str

    @property
    def taken(self) -> bool:
        return not self.error


def sign(secret: str, moment: int, body: bytes) -> str:
    """``t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hexadecimal digits>``."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def address_problem(url: str) -> str | Promise:
    """What is wrong with an address as it is written; "" when it can be tried."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if host:
            _ascii(host)
    except ValueError:
        return NO_ADDRESS
    if parts.scheme not in PORTS or not host or port == 0:
        return NO_ADDRESS
    if parts.username or parts.password:
        return NO_CREDENTIALS
    if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        return ""
    if parts.scheme != "https":
        return NEEDS_TLS
    return PRIVATE if _is_private_name(host) else ""


def _ascii(host: str) -> str:
    return host if ":" in host else host.encode("idna").decode()


def _is_private_name(host: str) -> bool:
    """Told from the name alone; what it resolves to is looked at when something is sent."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def is_public(address: str) -> bool:
    """Whether an IP address can be reached from anywhere.  Raises ``ValueError`` for anything else."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in bridge for bridge in BRIDGES):
            return False
    return found.is_global and not found.is_multicast


def _resolved(host: str, port: int) -> str:
    """One address of the host.  Raises ``OSError`` for an unknown host, ``ValueError`` for a private one."""
    found = socket.getaddrinfo(_ascii(host), port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise ValueError(str(PRIVATE))
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name resolves to a moment later."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self.tls = parts.scheme == "https"
        self.default_port = PORTS[parts.scheme]
        super().__init__(_ascii(parts.hostname or ""), parts.port, timeout=STEP_TIMEOUT)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), STEP_TIMEOUT)
        if self.tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End a conversation that takes too long, from another thread."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send ``body``; never raises for what the other side does.  Up to ``WHOLE_TIMEOUT`` seconds."""
    if problem := address_problem(url):
        return Outcome(None, str(problem))
    parts = urlsplit(url)
    try:
        address = _resolved(parts.hostname or "", parts.port or PORTS[parts.scheme])
    except OSError:
        return Outcome(None, _("The host is unknown."))
    except ValueError as error:
        return Outcome(None, str(error))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    link = _Pinned(parts, address)
    watch = threading.Timer(WHOLE_TIMEOUT, link.cut)
    watch.start()
    try:
        link.request("POST", target, body=body, headers={"Content-Type": "application/json", **headers})
        status = link.getresponse().status
    except TimeoutError:
        return Outcome(None, _("No answer in time."))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(None, _("The connection failed (%(error)s).") % {"error": type(error).__name__})
    finally:
        watch.cancel()
        link.close()
    if 200 <= status < 300:
        return Outcome(status, "")
    if 300 <= status < 400:
        return Outcome(
            status,
            _("The server names another address (%(status)s); it is not followed.") % {"status": status},
        )
    return Outcome(status, _("The server answered %(status)s.") % {"status": status})
