"""Whose picture a file is: the document's, the whole site's, or another issue's that uses the same name."""

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
# Folders with the pictures of all pages, in several languages.
SHARED_FOLDERS = frozenset((
    *SITE_ROOTS, "attachments", "attachment", "_attachments", "images", "image", "_images", "img", "imgs", "pictures", "pics",
    "photos", "media", "_media", "figures", "figs", "fig", "files", "_files", "resources", "_resources", "uploads", "upload",
    "screenshots", "graphics", "bilder", "abbildungen", "anhänge", "anlagen", "imágenes", "imagenes", "adjuntos", "archivos",
    "immagini", "allegati", "figuras", "imagens", "anexos", "afbeeldingen", "bijlagen", "obrazy", "obrazki", "załączniki",
    "картинки", "изображения", "вложения", "рисунки", "图片", "附件", "图像", "圖片", "画像", "添付", "添付ファイル", "이미지",
    "첨부", "첨부파일",
))  # fmt: skip


def ancestors(folder: str) -> Iterator[str]:
    """Yield the folder and its parents, up to the root of the archive."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def site_roots(path: str) -> Iterator[str]:
    """Yield the folders of a path that sites serve from their root: `themes/x/static/a.png` is served as `/a.png`."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts):
        if part in SITE_ROOTS:
            yield "/".join(parts[: depth + 1])


def is_in_shared_folder(file: str) -> bool:
    """Return whether the folder of a file is one in which sites and vaults keep the pictures of all their pages."""
    return posixpath.basename(posixpath.dirname(file)).lower() in SHARED_FOLDERS


# Of one document; the rest is ignored.
MAX_BYTES = 4 * 1024 * 1024
# If there are more, they are not opened, and the file counts as theirs.
MAX_DOCUMENTS = 2000


class Ownership:
    """The documents of an archive, their folders, and the names of the pictures that they show."""

    def __init__(self, documents: Iterable[str] = (), read: Callable[[str], bytes] | None = None) -> None:
        self._read = read
        self._documents_in: dict[str, list[str]] = defaultdict(list)
        self._documents_below: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            self._documents_in[posixpath.dirname(document)].append(document)
            # A post `a/b.md` may have its pictures in `a/b/`, a saved page in `b_files/`.
            stem = posixpath.splitext(document)[0]
            for folder in {*ancestors(posixpath.dirname(document)), stem, f"{stem}_files"} - {""}:
                self._documents_below[folder].append(document)
        self._picture_names: dict[str, frozenset[str]] = {}

    def belongs_to_another(self, file: str, document: str, reference: str, *, in_vault: bool = False) -> bool:
        """Return whether the file for an address in a document is the picture of another issue.

        It is if it lies in a folder of other issues that show a picture of its name, or in their zip, unless the
        address names that folder. In a vault all notes share the files that are not in another zip.

        Args:
            file: the path of the file.
            document: the path of the document.
            reference: the address as the document has it.
            in_vault: whether the address is a wiki link.
        """
        folder = self._foreign_folder(file, document)
        is_zip = (folder or "").lower().endswith(".zip")
        if in_vault and not is_zip:
            return False
        if folder is None:
            return self._belongs_to_page_above(file, document, reference)
        path_in_folder = file.lower()[len(posixpath.dirname(folder)) :].lstrip("/")
        if ("/" + reference.lower()).endswith("/" + path_in_folder):
            return False
        return is_zip or self._shows(self._documents_below[folder], file)

    def _foreign_folder(self, file: str, document: str) -> str | None:
        """Return the outermost folder around a file that contains documents, but not this one."""
        own = {*ancestors(posixpath.dirname(document)), posixpath.splitext(document)[0]}
        outermost_first = reversed(list(ancestors(posixpath.dirname(file))))
        with_documents = (folder for folder in outermost_first if folder in self._documents_below)
        return next((folder for folder in with_documents if self._is_foreign(folder, document, own)), None)

    def _is_foreign(self, folder: str, document: str, own: set[str]) -> bool:
        return folder not in own and self._documents_below[folder] != [document]

    def _belongs_to_page_above(self, file: str, document: str, reference: str) -> bool:
        """Return whether the file is shown by a page beside it, above the document: a bare name means a neighbour."""
        folder = posixpath.dirname(file)
        if "/" in reference or folder == posixpath.dirname(document) or folder not in self._documents_in:
            return False
        return self._shows([other for other in self._documents_in[folder] if other != document], file)

    def _shows(self, documents: list[str], file: str) -> bool:
        """Return whether a document names the picture; True for any documents if they cannot be opened."""
        if self._read is None or len(documents) > MAX_DOCUMENTS:
            return bool(documents)
        name = posixpath.basename(file).lower()
        return any(name in self._picture_names_of(document) for document in documents)

    def _picture_names_of(self, document: str) -> frozenset[str]:
        if document not in self._picture_names:
            self._picture_names[document] = frozenset(self._read_names(document))
        return self._picture_names[document]

    def _read_names(self, document: str) -> Iterator[str]:
        assert self._read is not None
        try:
            data = self._read(document)[:MAX_BYTES]
        except ArchiveError:
            return
        with collect_damage():  # the reader of the document reports it
            text = decode(data)
        for address, _ in addresses_in(text):
            yield posixpath.basename(unquote(address.partition("?")[0])).lower()
