"""The names and addresses by which a machine reaches itself."""

from __future__ import annotations

import ipaddress
from typing import Final

NAMES: Final = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: localhost, or an address of 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
