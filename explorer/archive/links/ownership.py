"""Whose picture a file is: of the document that asks, of the whole site, or of another issue that happens to use its name."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from explorer.archive.convert.decoding import collect_damage, decode
from explorer.archive.mentioned import addresses_in
from explorer.errors import ArchiveError

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


# Of one document; what stands behind is not looked at.
MAX_BYTES = 4 * 1024 * 1024
# More are not opened to find out: then the file is one of theirs.
MAX_DOCUMENTS = 2000


class Ownership:
    """The documents of an archive, the folders that are theirs, and the names of the pictures that they show."""

    def __init__(self, documents: Iterable[str] = (), read: Callable[[str], bytes] | None = None) -> None:
        self._read = read
        self._direct: dict[str, list[str]] = defaultdict(list)
        self._below: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            self._direct[posixpath.dirname(document)].append(document)
            # A post `a/b.md` may have its pictures in `a/b/`, a saved page in `b_files/`.
            stem = posixpath.splitext(document)[0]
            for folder in {*ancestors(posixpath.dirname(document)), stem, f"{stem}_files"} - {""}:
                self._below[folder].append(document)
        self._named: dict[str, frozenset[str]] = {}

    def is_of_another(self, file: str, document: str, written: str, *, in_vault: bool = False) -> bool:
        """Whether a file that was found for what is written in a document is the picture of another issue.

        So it is in a folder of other issues that show a picture of its name, or in their zip, unless the address names
        that folder. In a vault all notes share what is not in another zip.
        """
        folder = self._foreign_folder(file, document)
        is_zip = (folder or "").lower().endswith(".zip")
        if in_vault and not is_zip:
            return False
        if folder is None:
            return self._is_of_a_page_above(file, document, written)
        whole = file.lower()[len(posixpath.dirname(folder)) :].lstrip("/")
        if ("/" + written.lower()).endswith("/" + whole):
            return False
        return is_zip or self._shows(self._below[folder], file)

    def _foreign_folder(self, file: str, document: str) -> str | None:
        """The outermost folder around a file that holds documents, but not this one."""
        own = {*ancestors(posixpath.dirname(document)), posixpath.splitext(document)[0]}
        around = reversed(list(ancestors(posixpath.dirname(file))))
        return next((it for it in around if it in self._below and self._is_foreign(it, document, own)), None)

    def _is_foreign(self, folder: str, document: str, own: set[str]) -> bool:
        return folder not in own and self._below[folder] != [document]

    def _is_of_a_page_above(self, file: str, document: str, written: str) -> bool:
        """A bare name means a file beside the document; one further up is that of a page there which shows it."""
        folder = posixpath.dirname(file)
        if "/" in written or folder == posixpath.dirname(document) or folder not in self._direct:
            return False
        return self._shows([it for it in self._direct[folder] if it != document], file)

    def _shows(self, documents: list[str], file: str) -> bool:
        """Whether one of the documents names a picture so. Without a way to know, each of them may."""
        if self._read is None or len(documents) > MAX_DOCUMENTS:
            return bool(documents)
        name = posixpath.basename(file).lower()
        return any(name in self._names_in(document) for document in documents)

    def _names_in(self, document: str) -> frozenset[str]:
        if document not in self._named:
            self._named[document] = frozenset(self._names(document))
        return self._named[document]

    def _names(self, document: str) -> Iterator[str]:
        assert self._read is not None
        try:
            data = self._read(document)[:MAX_BYTES]
        except ArchiveError:
            return
        with collect_damage():  # told where the document is read
            text = decode(data)
        for address, _ in addresses_in(text):
            yield posixpath.basename(unquote(address.partition("?")[0])).lower()
