"""The folders of an archive by the customs of site generators and vaults of notes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

# Folders whose content a site generator serves from its root: Jekyll, Hugo, Gatsby, Sphinx, Docusaurus, Eleventy.
SITE_ROOTS = ("static", "public", "_static", "source", "src", "docs", "content", "site", "www", "_site", "assets",
              "html")  # fmt: skip
# Folders with the pictures of all pages, in the languages of those who keep them.
SHARED_FOLDERS = frozenset((
    *SITE_ROOTS, "attachments", "attachment", "_attachments", "images", "image", "_images", "img", "imgs", "pictures", "pics",
    "photos", "media", "_media", "figures", "figs", "fig", "files", "_files", "resources", "_resources", "uploads", "upload",
    "screenshots", "graphics", "bilder", "abbildungen", "anhänge", "anlagen", "imágenes", "imagenes", "adjuntos", "archivos",
    "immagini", "allegati", "figuras", "imagens", "anexos", "afbeeldingen", "bijlagen", "obrazy", "obrazki", "załączniki",
    "картинки", "изображения", "вложения", "рисунки", "图片", "附件", "图像", "圖片", "画像", "添付", "添付ファイル", "이미지",
    "첨부", "첨부파일",
))  # fmt: skip


def ancestors(folder: str) -> Iterator[str]:
    """Return the folder and those around it, to the root of the archive."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def site_roots(path: str) -> Iterator[str]:
    """`themes/x/static/a.png` is served as `/a.png`: every folder of the path that is such a root."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts):
        if part in SITE_ROOTS:
            yield "/".join(parts[: depth + 1])


def is_in_shared_folder(file: str) -> bool:
    """Whether the folder of a file is one in which sites and vaults keep the pictures of all their pages."""
    return posixpath.basename(posixpath.dirname(file)).lower() in SHARED_FOLDERS
