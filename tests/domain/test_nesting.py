"""Tags nested deeper than anybody writes go; all else of a page stays as it is."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.domain.nesting import DEEPEST, flattened

FEW = "<p>" * DEEPEST  # So that a page has enough tags to be looked at; paragraphs do not nest.


def depth_of(html: str) -> int:
    """How deep the tree is that a browser makes."""
    deepest = 0
    node = LexborHTMLParser(html).root
    stack = [(node, 1)]
    while stack:
        node, depth = stack.pop()
        while node is not None:
            deepest = max(deepest, depth)
            if node.first_child is not None:
                stack.append((node.first_child, depth + 1))
            node = node.next
    return deepest


@pytest.mark.parametrize(
    "nesting",
    [
        "<div>",
        "<div/>",
        '<div title="</div>">',
        "<div title='</div>'>",
        '<div title = "</div>">',
        "<div <div>",
        "<!--><div>",
        "<!---><div>",
        "<!-- a --!><div>",
        "<svg><div/>",
        "<svg><style><div>",
        "<script></script ><div>",
        "<section></article>",
    ],
)
def test_a_page_never_becomes_much_deeper_than_what_people_write(nesting: str) -> None:
    assert depth_of(flattened(nesting * 3_000)) <= DEEPEST + 10


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100 + "x" + "</div>" * 100,
        FEW + '<script type="application/ld+json">["' + "<div>" * 400 + '"]</script><b>x</b>',
        FEW + "<!-- " + "<div>" * 400 + " --><b>x</b>",
        FEW + "<svg>" + '<path d="M0"/>' * 400 + "</svg><b>x</b>",
        FEW + "<div>x</div>" * 400,
    ],
)
def test_a_page_that_people_wrote_stays_as_it_is(html: str) -> None:
    assert html == flattened(html)


def test_the_text_of_a_tag_that_goes_stays() -> None:
    assert flattened("<div>" * 1_000 + "news").endswith("news")
