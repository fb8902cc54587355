"""`explorer map`: what programs and people read of it."""

import json

from typer.testing import CliRunner

from explorer.cli import command_line


def run(folder, *arguments):
    return CliRunner().invoke(command_line(), ["map", *arguments, "--library", str(folder)])


def test_people_read_the_areas_and_where_to_see_the_map(own_folder):
    result = run(own_folder)
    assert result.exit_code == 0
    assert "figures are on the map. To see it: explorer app --library" in result.stderr
    assert result.stdout.splitlines()[0].split() == ["figures", "area"]


def test_programs_read_the_figures_of_each_area(own_folder):
    areas = [json.loads(line) for line in run(own_folder, "--by", "meaning", "--json").stdout.splitlines()]
    figures = [figure for area in areas for figure in area["figures"]]
    assert len(figures) == len(set(figures)) > 5
    assert all(0 <= area["x"] <= 1 and 0 <= area["y"] <= 1 for area in areas)
    again = run(own_folder, "--by", "meaning", "--rearrange", "--json")
    assert [json.loads(line) for line in again.stdout.splitlines()] == areas


def test_another_arrangement_is_refused_with_the_known_ones(own_folder):
    result = run(own_folder, "--by", "size")
    assert result.exit_code == 1
    assert "by='size' is not known. Give one of visual, meaning." in result.stderr
