"""What holds for the package as a whole: its public names, its documentation, and which way its imports go."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.cli import command_line

ROOT = Path(__file__).resolve().parents[1]
APP = command_line()
GROUPS = {group.name: group.typer_instance for group in APP.registered_groups}


def names(typer_app):
    return [command.name or command.callback.__name__ for command in typer_app.registered_commands]


COMMANDS = sorted(
    [*names(APP), *(f"{group} {name}" for group, verbs in GROUPS.items() for name in names(verbs))]
)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, whole names, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importers(package: str, *forbidden: str) -> dict[str, set[str]]:
    """The files below a package that import something forbidden."""
    pattern = re.compile(rf"(?:{'|'.join(map(re.escape, forbidden))})(?:\.|$)")
    files = sorted((ROOT / package).rglob("*.py")) if (ROOT / package).is_dir() else [ROOT / package]
    assert files, package
    bad = {str(path.relative_to(ROOT)): {it for it in imports(path) if pattern.match(it)} for path in files}
    return {path: names for path, names in bad.items() if names}


# --- public names ---------------------------------------------------------------------------------------


def test_public_names_are_sorted_and_can_be_imported():
    assert explorer.__all__ == sorted(explorer.__all__)
    for name in explorer.__all__:
        assert getattr(explorer, name).__name__ == name
        assert getattr(explorer, name).__doc__


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        explorer.nothing  # noqa: B018


def test_every_module_can_be_imported():
    for package in ("explorer", "images", "embeddings"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "web" in path.parts:
                continue  # pages run where Streamlit runs them
            importlib.import_module(
                ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            )


def test_importing_the_library_imports_little():
    # No network, no YAML, no watcher, no engine: they are imported by what needs them.
    program = (
        "import sys; from explorer import Library; "
        "own = [it for it in sys.modules if it.split('.')[0] in {'explorer', 'embeddings', 'images'}]; "
        "print(len(own), *({'httpx', 'jinja2', 'yaml', 'watchdog', 'qdrant_client', 'torch', 'scipy'} & {*sys.modules}))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    count, *foreign = told.split()
    assert int(count) < 100
    assert foreign == []


# --- documentation --------------------------------------------------------------------------------------


def test_the_commands_are_those_of_the_contract():
    contract = [
        "ingest",
        "search",
        "show",
        "figures",
        "items",
        "issues",
        "problems",
        "status",
        "models",
        "app",
    ]
    added = ["enrich", "adapt", "eval", "selftest", "compare", "stores", "history", "formats"]
    added += ["sync", "trash", "restore", "forget", "encode", "use"]
    added += ["backup", "export", "import", "doctor"]
    added += ["push", "pull"]
    added += ["audit", "correct", "discussed", "illustrate", "map"]
    added += [f"saved {verb}" for verb in ("save", "list", "show", "run", "delete")]
    added += [
        f"collections {verb}"
        for verb in ("list", "show", "create", "add", "remove", "move", "export", "delete")
    ]
    assert sorted([*contract, *added]) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"explorer {command}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *sorted(it.name for it in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_to_files_of_the_project(page):
    path = ROOT / page if (ROOT / page).exists() else ROOT / "docs" / page
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def options():
    from typer.main import get_command

    group = get_command(APP)
    inner = {f"{name} {verb}": it for name in GROUPS for verb, it in group.commands[name].commands.items()}
    for name, command in sorted({**group.commands, **inner}.items()):
        yield name, command
        for parameter in command.params:
            yield f"{name} {parameter.opts[0]}", parameter


@pytest.mark.parametrize(
    ("name", "described"), list(options()), ids=lambda it: it if isinstance(it, str) else ""
)
def test_every_command_and_option_has_help(name, described):
    told = described.help or ""

    assert told.strip().endswith((".", "`.")) or "?" in told, f"{name}: {told!r}"


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"app"}))
def test_every_command_speaks_json_and_every_one_with_a_library_takes_its_folder(command):
    names = {name for name, _ in options()}

    assert f"{command} --json" in names
    # The folders of `compare` are its arguments.
    assert command in {"models", "formats", "compare"} or f"{command} --library" in names


def test_constraints_are_pinned_versions_and_name_no_place():
    lines = [
        line
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]

    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+(?:\s*;.*)?", line), line
    assert not re.search(r"://|index-url|find-links|@", (ROOT / "constraints.txt").read_text())


OPEN = {"cli", "web", "system", "__pycache__"}


# --- which way the imports go ---------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["images", "embeddings"])
def test_images_and_embeddings_know_nothing_of_the_explorer(package):
    assert importers(package, "explorer") == {}


def test_images_and_embeddings_know_nothing_of_each_other():
    assert importers("images", "embeddings") == {}
    assert importers("embeddings", "images") == {}


@pytest.mark.parametrize(
    "package",
    ["explorer/cli", "explorer/web", "explorer/library", "streamlit_app.py"],
)
def test_nothing_from_the_library_up_touches_sqlite_or_qdrant(package):
    assert importers(package, "sqlite3", "qdrant_client", "qdrant_edge") == {}


def test_only_the_index_knows_qdrant():
    found = importers("explorer", "qdrant_client", "qdrant_edge")

    assert {Path(path).parts[1] for path in found} == {"index"}


def test_only_the_catalog_knows_sqlite_in_the_explorer():
    assert {Path(path).parts[1] for path in importers("explorer", "sqlite3")} == {"catalog"}


@pytest.mark.parametrize(
    ("package", "above"),
    [
        pytest.param(
            "explorer/archive",
            ["catalog", "index", "search", "ingest", "library", "cli", "web"],
            id="archive",
        ),
        pytest.param(
            "explorer/catalog", ["index", "search", "ingest", "library", "cli", "web"], id="catalog"
        ),
        pytest.param("explorer/index", ["catalog", "search", "ingest", "library", "cli", "web"], id="index"),
        pytest.param("explorer/search", ["ingest", "library", "cli", "web"], id="search"),
        pytest.param("explorer/ingest", ["library", "cli", "web"], id="ingest"),
        pytest.param("explorer/library", ["cli", "web"], id="library"),
        pytest.param("explorer/cli", ["web"], id="cli"),
        pytest.param("explorer/web", ["cli"], id="web"),
    ],
)
def test_arrows_go_one_way(package, above):
    assert importers(package, *(f"explorer.{room}" for room in above)) == {}


def test_the_web_and_the_command_line_see_the_library_and_plain_data_only():
    deeper = [
        f"explorer.{it.name}" for it in (ROOT / "explorer").iterdir() if it.is_dir() and it.name not in OPEN
    ]
    for package in ("explorer/cli", "explorer/web", "streamlit_app.py", "streamlit_server.py"):
        assert importers(package, *deeper) == {}


def test_only_the_command_line_and_the_app_print():
    for package in ("explorer", "images", "embeddings"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if {"cli", "web"} & set(path.parts):
                continue
            calls = [
                node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
            ]
            assert not [it for it in calls if isinstance(it.func, ast.Name) and it.func.id == "print"], path
