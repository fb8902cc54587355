"""What every test lives by: no network, no model hub, an environment of its own, archives where they are."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Times say nothing on a busy machine.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

_SETTINGS = tempfile.TemporaryDirectory(prefix="explorer-settings-")  # not the user's own; gone at the end
os.environ["XDG_CONFIG_HOME"] = _SETTINGS.name
os.environ["HF_HUB_OFFLINE"] = "1"  # a mistake fails at once, not after a minute of retries

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "examples" / "sample-archive"


class NetworkForbiddenError(AssertionError):
    """A test tried to leave the machine."""


def _is_local(host: object) -> bool:
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Refuses names and addresses beyond this machine; the look-up comes first, so it is refused too."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def guarded_look_up(host, *args, **kwargs):
        if not _is_local(host.decode() if isinstance(host, bytes) else host):
            raise NetworkForbiddenError(f"a test looked up {host}")
        return look_up(host, *args, **kwargs)

    def guarded_connect(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_local(address[0]):
            raise NetworkForbiddenError(f"a test connected to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("EXPLORER_", "QDRANT_API"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def real_archives() -> Path:
    """The folder of real archives beside the project; tests on them skip where it is not."""
    folder = ROOT.parent / "shared" / "archives"
    if not folder.is_dir():
        pytest.skip("the real archives are not on this machine")
    return folder
