"""docs/moderators.md tells the truth: every example of a filter and of a template works as it says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.entries import Entry
from bot.domain.filters import parse_filter
from bot.domain.presenting import present
from bot.domain.template_values import FILTERS, NAMES
from bot.domain.templates import Templates, check

GUIDE = (Path(__file__).parents[2] / "docs" / "moderators.md").read_text("utf-8")
ENTRY = Entry(
    link="https://gazette.example/ferry",
    title="Ferry returns",
    body="<p>She sailed at <i>dawn</i> with 200 people on board and none of them awake.</p>",
    authors=("Ann Lee", "Bo Ek"),
    categories=("Harbour", "Sea"),
    published_at=datetime(2026, 2, 17, tzinfo=UTC),
)


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(text: str, heading: str) -> list[str]:
    """What stands in backticks in the first column of the table with this heading."""
    table = text.partition(f"| {heading} | ")[2].partition("\n\n")[0]
    return [code for row in table.splitlines()[2:] for code in re.findall("`([^`]+)`", row.split(" | ")[0])]


FILTER_EXAMPLES = first_column(section("Filters"), "filter")
TEMPLATE_EXAMPLES = re.findall(r"```jinja\n(.+?)\n```\n```text\n(.+?)\n```", section("Templates"), re.DOTALL)


def test_the_guide_has_examples() -> None:
    assert (10, 3) == (len(FILTER_EXAMPLES), len(TEMPLATE_EXAMPLES))
    assert section("Templates").count("```jinja") == len(TEMPLATE_EXAMPLES)


@pytest.mark.parametrize("line", FILTER_EXAMPLES)
def test_a_filter_in_the_guide_is_understood_as_it_is_spelt(line: str) -> None:
    assert line == parse_filter(line).text


@pytest.mark.parametrize(("source", "expected"), TEMPLATE_EXAMPLES)
def test_a_template_in_the_guide_shows_what_the_guide_says(source: str, expected: str) -> None:
    templates = Templates(name=source, starter=source, update=source)
    check(templates)
    _, message = present(ENTRY, templates, publisher="The Gazette", publisher_link=None, topic_id=7)

    assert expected == message.embeds[0].description


def test_the_guide_names_every_value_and_every_filter() -> None:
    assert [*NAMES] == first_column(section("Templates"), "value")
    assert {*FILTERS} == {name.partition("(")[0] for name in first_column(section("Templates"), "filter")}


@pytest.mark.parametrize("call", first_column(section("Templates"), "filter"))
def test_a_filter_of_templates_is_written_as_in_the_guide(call: str) -> None:
    check(Templates(starter=f"{{{{ authors|{call} }}}}"))
