"""A figure as it is cited in a text."""

from dataclasses import replace

from explorer.web.components.citation import citation


def test_a_citation_has_caption_credit_issue_and_document(night):
    cited = citation(
        replace(
            night,
            caption="The island at night.",
            credit="Source: Ida Moss",
            issue_title="Figures Monthly",
            issue_number=12,
            date="2024-12-06",
            document="posts/12.md",
        )
    )
    assert cited == "The island at night. Source: Ida Moss. Figures Monthly, #12, 2024-12-06. posts/12.md."


def test_a_figure_without_words_is_cited_by_its_issue(night):
    bare = replace(
        night, caption=None, alt=None, credit=None, issue_title="Issue 3", issue_number=3, date=None
    )
    assert citation(bare) == f"Issue 3. {night.document}."
