"""docs/api.md: every example runs."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M | re.S
)


def test_every_example_runs(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "examples" / "sample-archive", tmp_path / "newsletter")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/api.md", "exec"), names)

    printed = capsys.readouterr().out
    assert "76 figures" in printed
    assert "There is no library at nowhere." in printed


@pytest.mark.parametrize(
    "service", ["archives", "browse", "editing", "encoders", "evaluation", "maintenance"]
)
def test_every_service_is_shown(service):
    assert f"library.{service}." in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
