"""The full text of a library follows all that is read, corrected, deleted and brought back."""

import sqlite3
from contextlib import closing

from explorer import Library

KINDS = ("figure", "item")


def indexed(folder):
    """Return the indexed texts by id, and how often each word occurs in the full text."""
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as database:
        database.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'full_text', 'row')")
        texts = dict(database.execute("SELECT id, text FROM indexed_text"))
        return texts, dict(database.execute("SELECT term, cnt FROM temp.words"))


def rebuilt(folder):
    """Return what the full text would be if it were made from the catalog anew."""
    from explorer.catalog import derived_tables

    with closing(sqlite3.connect(folder / "catalog.sqlite", isolation_level=None)) as database:
        database.execute("BEGIN")
        derived_tables.rebuild(database)
        database.execute("COMMIT")
    return indexed(folder)


def test_the_full_text_follows_every_change(archive, tmp_path):
    folder = tmp_path / "library"
    with Library.create(folder) as library:
        library.archives.ingest(archive, encoder="lite")
        full_text = library._context.catalog.full_text
        captioned = [figure for figure in library.browse.figures() if figure.caption]
        figure = max(captioned, key=lambda figure: len(figure.caption or ""))
        caption = figure.caption

        library.editing.correct(figure.id, caption="Our wallaroo dinghy")
        assert full_text.ids_with("wallaroo dinghy", KINDS) == {figure.id}
        library.editing.reset_correction(figure.id)
        assert full_text.ids_with("wallaroo", KINDS) == set()
        assert figure.id in full_text.ids_with(caption, KINDS)
        assert indexed(folder) == rebuilt(folder)

        document = archive / figure.document
        text = document.read_text(encoding="utf-8")
        document.unlink()
        library.archives.sync()
        assert not full_text.ids_with(caption, KINDS)
        assert indexed(folder) == rebuilt(folder)

        library.archives.restore(figure.document)
        assert figure.id in full_text.ids_with(caption, KINDS)
        assert indexed(folder) == rebuilt(folder)

        document.write_text(text.replace(caption, "A quokka smiles"), encoding="utf-8")
        library.archives.sync()
        assert full_text.ids_with("quokka", KINDS)
        assert not full_text.ids_with(caption, ["figure"])
        assert indexed(folder) == rebuilt(folder)


def test_words_in_quotation_marks_use_the_full_text(library):
    assert library.ask('"sailing boat"').result.hits
    assert not library.ask('"sailing quokka"').result.hits
