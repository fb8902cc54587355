"""The containers, read and not run: what is started, who can reach it, and that its commands exist."""

import re
import shlex
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from explorer.cli import command_line

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ["compose.yaml", "compose.cluster.yaml"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def nodes(name: str) -> dict:
    return {service: it for service, it in read(name)["services"].items() if service.startswith("qdrant")}


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


@pytest.mark.parametrize("name", COMPOSE)
def test_every_image_is_of_one_version(name):
    for service, it in read(name)["services"].items():
        assert re.search(r":v?\d+\.\d+\.\d+$", it["image"]), service


@pytest.mark.parametrize("name", COMPOSE)
def test_only_the_app_can_be_reached_and_only_from_this_machine(name):
    services = read(name)["services"]
    assert services["app"]["ports"] == ["127.0.0.1:8501:8501"]
    assert [service for service, it in services.items() if it.get("ports")] == ["app"]
    assert not [service for service, it in services.items() if it.get("privileged") or it.get("network_mode")]


@pytest.mark.parametrize("name", COMPOSE)
def test_what_must_outlive_a_container_lies_in_a_volume_that_is_declared(name):
    file = read(name)
    mounts = {
        service: dict(reversed(one.removesuffix(":ro").rsplit(":", 1)) for one in it["volumes"])
        for service, it in file["services"].items()
    }
    for node in nodes(name):
        assert mounts[node] == {"/qdrant/storage": node}
    assert mounts["app"]["/library"] == "library"
    named = {source for its in mounts.values() for source in its.values() if "/" not in source}
    assert named == set(file["volumes"])


@pytest.mark.parametrize("name", COMPOSE)
def test_an_archive_is_only_read(name):
    [archive] = [one for one in read(name)["services"]["app"]["volumes"] if "/archive" in one]
    assert archive.endswith(":/archive:ro")


@pytest.mark.parametrize("name", COMPOSE)
def test_the_app_waits_until_qdrant_is_ready(name):
    waits = read(name)["services"]["app"]["depends_on"]
    assert waits == {node: {"condition": "service_healthy"} for node in nodes(name)}
    assert all("/readyz" in it["healthcheck"]["test"][-1] for it in nodes(name).values())


def test_qdrant_is_of_the_minor_version_of_the_client_or_one_less():
    images = [it["image"] for name in COMPOSE for it in nodes(name).values()]
    guide = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    [version] = {one.rpartition(":v")[2] for one in [*images, *re.findall(r"qdrant/qdrant:?\S*", guide)]}
    server, client = (
        tuple(map(int, it.split(".")[:2])) for it in (version, metadata.version("qdrant-client"))
    )
    # The client itself warns of a server that is more than one minor version away.
    assert server in {client, (client[0], client[1] - 1)}
    assert server >= (1, 16)  # the first that keeps metadata of a collection


def test_the_cluster_has_three_nodes_that_find_each_other():
    cluster = nodes("compose.cluster.yaml")
    assert sorted(cluster) == ["qdrant-1", "qdrant-2", "qdrant-3"]
    for node, it in cluster.items():
        assert it["environment"]["QDRANT__CLUSTER__ENABLED"] == "true"
        assert it["environment"]["QDRANT__STORAGE__COLLECTION__SHARD_NUMBER"] == "6"
        assert it["environment"]["QDRANT__STORAGE__COLLECTION__REPLICATION_FACTOR"] == "2"
        assert it["command"][-2:] == ["--uri", f"http://{node}:6335"]
        assert ("--bootstrap" in it["command"]) == (node != "qdrant-1")


@pytest.mark.parametrize("name", COMPOSE)
def test_the_commands_in_the_comments_are_ours(name):
    comments = "\n".join(
        line.lstrip("# ") for line in (ROOT / name).read_text().splitlines() if line[:1] == "#"
    )
    told = re.findall(r"explorer (\w+)((?: --[a-z-]+(?: \S+)?| /\S+)*)", comments)
    assert told
    for verb, rest in told:
        assert_is_a_command(["explorer", verb, *shlex.split(rest)])


def test_the_container_runs_a_command_of_ours_as_nobody_special():
    [started] = instructions("CMD")
    assert_is_a_command(yaml.safe_load(started))
    assert instructions("USER") == ["explorer"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")


def test_the_container_says_whether_it_is_well():
    [check] = instructions("HEALTHCHECK")
    code = yaml.safe_load(check[check.index("[") :])[-1]
    compile(code, "health", "exec")
    assert "/_stcore/health" in code


def test_everything_that_is_copied_is_there_and_is_sent():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        source
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }
    assert copied == sent
    for source in copied:
        assert (ROOT / source).exists(), source


def test_the_base_is_of_one_version_that_the_project_knows():
    bases = {line.split()[0] for line in instructions("FROM")}
    assert all(fnmatch(base, "python:3.11.*-slim-*") for base in bases)
    assert len(bases) == 1


def test_no_model_and_no_secret_is_baked_in():
    assert not re.search(r"download|weights|huggingface|API_KEY|PASSWORD", DOCKERFILE, re.IGNORECASE)


def assert_is_a_command(words: list[str]) -> None:
    verb = get_command(command_line()).commands[words[1]]
    known = {name for parameter in verb.params for name in parameter.opts}
    assert words[0] == "explorer"
    assert {word for word in words if word.startswith("--")} <= known, words
