"""The Caption desk: problems one after the other, suggestions, save and next, undo."""

from __future__ import annotations

from page_reading import html_of

from explorer.library.library import Library


def area(app, label):
    return next(one for one in app.text_area if one.label == label)


def press(app, label):
    return next(one for one in app.button if one.label == label).click().run()


def open_desk(open_page, folder):
    app = open_page("desk", library=folder)
    assert not app.exception
    return app


def test_a_suggestion_is_saved_and_undone(open_page, own_folder):
    with Library.open(own_folder) as library:
        entries = library.editing.desk()
        place, entry = next(
            (n, it) for n, it in enumerate(entries) if it.suggestion.alt and not it.figure.alt
        )
    app = open_desk(open_page, own_folder)
    for _ in range(place):
        press(app, "Skip")
    assert area(app, "Alt text").value == entry.suggestion.alt
    assert "There is no alt text." in html_of(app)
    press(app, "Save and next")
    assert app.get("progress")[0].proto.text.startswith(f"{place + 1} of {len(entries)}")
    with Library.open(own_folder) as library:
        assert library.browse.figure(entry.figure.id).alt == entry.suggestion.alt

    press(app, "Undo the last change")
    with Library.open(own_folder) as library:
        assert library.browse.figure(entry.figure.id) == entry.figure
    assert area(app, "Alt text").value == entry.suggestion.alt


def test_undo_keeps_an_earlier_correction(open_page, own_folder):
    with Library.open(own_folder) as library:
        entry = library.editing.desk()[0]
        library.editing.correct(entry.figure.id, credit="Ben Sailor")
    app = open_desk(open_page, own_folder)
    area(app, "Caption").set_value("Another caption")
    press(app, "Save and next")
    press(app, "Undo the last change")
    with Library.open(own_folder) as library:
        figure = library.browse.figure(entry.figure.id)
    assert (figure.credit, figure.caption) == ("Ben Sailor", entry.figure.caption)


def test_a_figure_is_skipped_and_shown_again(open_page, own_folder):
    app = open_desk(open_page, own_folder)
    first = area(app, "Caption").value, html_of(app).count("<li>")
    press(app, "Skip")
    press(app, "Back")
    assert (area(app, "Caption").value, html_of(app).count("<li>")) == first


def test_visitors_from_elsewhere_have_no_desk(open_page):
    app = open_page("desk", at_home=False)
    assert "cannot be done here" in app.info[0].value
    assert not app.text_area
    assert 'href="desk"' not in html_of(open_page("library", at_home=False))
    assert 'href="desk"' in html_of(open_page("library"))
