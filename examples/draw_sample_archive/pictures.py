"""Which file of the archive is drawn by what, and how a drawing becomes a file."""

import io
from collections.abc import Callable
from pathlib import PurePosixPath

from PIL import Image

from . import diagrams, furniture, landscapes, maps, plots, science, screens, still_lifes, tables

Drawing = Image.Image | list[Image.Image] | str

PICTURES: dict[str, Callable[[], Drawing]] = {
    "assets/logo.svg": furniture.logo,
    "assets/badge.svg": furniture.badge,
    "assets/menu.png": furniture.menu,
    "assets/pixel.gif": furniture.pixel,
    "2024-01/temperatures.png": plots.temperatures,
    "2024-01/bicycles.png": plots.bicycles,
    "2024-01/parked.jpg": still_lifes.bicycle,
    "2024-01/commutes.png": plots.commutes,
    "2024-01/pastries.png": plots.pastries,
    "2024-01/coffee.webp": still_lifes.coffee,
    "2024-01/timeline.png": diagrams.timeline,
    "2024-02/network.png": diagrams.neural_network,
    "2024-02/convolution.png": diagrams.convolution,
    "2024-02/learning.png": plots.learning_curves,
    "2024-02/confusion.png": tables.confusion_matrix,
    "2024-02/sill.jpg": still_lifes.cat,
    "2024-02/tree.png": diagrams.decision_tree,
    "2024-02/leaves.png": plots.leaves,
    "2024-02/heaps.png": plots.clusters,
    "2024-05/greenhouse.png": screens.dashboard,
    "2024-05/greenhouse-small.png": screens.small_dashboard,
    "2024-05/chat.png": screens.chat,
    "2024-05/terminal.png": screens.terminal,
    "2024-05/editor.png": screens.code_editor,
    "2024-05/forecast.png": screens.phone,
    "2024-05/honey.png": screens.spreadsheet,
    "2024-08/cell.png": science.cell,
    "2024-08/ladder.png": science.helix,
    "2024-08/monarch.png": science.butterfly,
    "2024-08/pond.png": diagrams.food_web,
    "2024-08/tank.webp": still_lifes.fish_tank,
    "2024-08/circles.svg": science.venn,
    "2024-11/shelf.png": diagrams.two_encoders,
    "2024-11/tower.png": diagrams.transformer,
    "2024-11/style.png": diagrams.flow_chart,
    "2024-11/words.png": plots.sentences,
    "2024-11/hours.png": plots.visits,
    "images/lighthouse.jpg": landscapes.lighthouse,
    "images/island.png": maps.island,
    "images/sailing.jpg": landscapes.sailing_boat,
    "images/ferry.png": tables.timetable,
    "images/subway.svg": maps.subway,
    "images/city.png": maps.city,
    "images/hexagons.png": maps.hexagons,
    "images/weather.png": maps.weather,
    "images/water.png": science.water_cycle,
    "images/woods.jpg": landscapes.forest,
    "images/climate.png": plots.rainfall,
    "images/rose.png": plots.wind_rose,
    "images/snowman.jpg": still_lifes.snowman,
    "images/gears.gif": science.turning_gears,
    "images/truss.svg": science.truss,
    "images/bridge.jpg": landscapes.bridge,
    "images/circuit.png": science.circuit,
    "images/signal.png": diagrams.traffic_light,
    "images/steam.webp": landscapes.train,
    "images/moon.svg": science.moon_phases,
    "images/planets.jpg": science.solar_system,
    "images/planet-table.png": tables.planets,
    "images/launch.jpg": landscapes.rocket,
    "images/balloons.webp": landscapes.balloons,
    "images/lens.png": science.lens,
    "images/cacti.jpg": landscapes.desert,
    "images/august.png": tables.month_sheet,
    "images/evening.jpg": landscapes.lake,
    "images/night.jpg": landscapes.skyline,
    "images/power.png": plots.power,
    "images/summits.png": plots.mountains,
    "images/volcano.jpg": science.volcano,
    "images/stall.jpg": still_lifes.market,
}

TORN = "images/boiler.png"
"""The file that broke off in the middle of its transfer."""


def file_bytes(path: str, drawing: Drawing) -> bytes:
    """The drawing in the format that the file's name asks for."""
    if isinstance(drawing, str):
        return drawing.encode()
    buffer = io.BytesIO()
    match PurePosixPath(path).suffix:
        case ".png":
            drawing.save(buffer, "PNG", compress_level=6)
        case ".jpg":
            drawing.save(buffer, "JPEG", quality=85)
        case ".webp":
            drawing.save(buffer, "WEBP", quality=85)
        case ".gif":
            frames = drawing if isinstance(drawing, list) else [drawing]
            palette = frames[0].quantize(64, dither=Image.Dither.NONE)
            first, *others = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
            first.save(buffer, "GIF", save_all=True, append_images=others, duration=70, loop=0)
        case other:
            raise ValueError(f"{path}: nothing here writes {other} files.")
    return buffer.getvalue()


def torn_bytes() -> bytes:
    """The first kilobyte of a picture: enough to say what it is, not enough to show it."""
    return file_bytes(TORN, science.gears())[:1024]
