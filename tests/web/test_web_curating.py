"""Correcting a figure's words, where it is discussed, and the audit, as pages show them."""

from __future__ import annotations

from page_reading import html_of

from explorer.library.library import Library


def area(app, label):
    return next(one for one in app.text_area if one.label == label)


def press(app, label):
    return next(one for one in app.button if one.label == label).click().run()


def test_who_sits_at_the_library_corrects_words_and_takes_it_back(open_page, own_folder, night):
    app = open_page("figure", library=own_folder, id=night.id)
    area(app, "Caption").set_value("<b>A city</b> like a spider's web")
    press(app, "Save")
    assert not app.exception
    shown = html_of(app)
    assert "&lt;b&gt;A city&lt;/b&gt; like a spider" in shown
    assert "Caption in the archive" in shown
    assert night.caption in shown
    with Library.open(own_folder) as library:
        assert library.browse.figure(night.id).caption == "<b>A city</b> like a spider's web"
        assert library.browse.figure(night.id).credit == night.credit

    press(app, "Restore the texts of the archive")
    assert "Caption in the archive" not in html_of(app)
    assert area(app, "Caption").value == night.caption


def test_visitors_from_elsewhere_correct_nothing(open_page, night):
    app = open_page("figure", at_home=False, id=night.id)

    assert not app.text_area


def test_the_library_page_lists_what_wants_looking_after(open_page, library):
    app = open_page("library")
    assert "Figures without alt text" not in "".join(one.label for one in app.expander)
    app.button(key="audit").click().run()

    assert not app.exception
    count = sum(one.alt is None and one.image is not None for one in library.browse.figures())
    assert f"Figures without alt text ({count})" in [one.label for one in app.expander]
    assert 'href="figure?id=' in html_of(app)
