"""Templates of people: what they can show, what is refused, and that none can hang, fail, ping or overflow."""

import logging
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.domain.entries import Entry, Image
from bot.domain.presenting import present, update_embed
from bot.domain.templates import Templates, check
from bot.errors import RefusedError

WHEN = datetime(2026, 2, 17, 23, 12, tzinfo=UTC)
FERRY = Entry(
    link="https://gazette.example/ferry",
    title="Ferry *Aurora* returns",
    body="<p>She sailed at <i>dawn</i>.</p>",
    image=Image(url="https://i.example/a.jpg", caption="A pier"),
    authors=("Ann Lee", "Bo Ek"),
    categories=("Politics", "Sea"),
    published_at=WHEN,
)
FIELDS = ("name", "starter", "update")
LIVE_MENTION = re.compile(r"@(?:everyone|here)|<(?:@|#|/|a?:\w|id:)", re.IGNORECASE)


def starter(source: str, entry: Entry = FERRY, publisher: str = "The Gazette") -> str:
    check(Templates(starter=source))
    templates = Templates(starter=source)
    _, message = present(entry, templates, publisher=publisher, publisher_link=None, topic_id=7)
    return message.embeds[0].description


def name(source: str, entry: Entry = FERRY) -> str:
    check(Templates(name=source))
    templates = Templates(name=source)
    return present(entry, templates, publisher="The Gazette", publisher_link=None, topic_id=7)[0]


def refusal(source: str, field: str = "starter") -> str:
    with pytest.raises(RefusedError) as caught:
        check(Templates(**{field: source}))
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ title }}", "Ferry \\*Aurora\\* returns"),
        ("{{ summary }}", "She sailed at *dawn*."),
        ("{{ link }}", "https://gazette.example/ferry"),
        ("{{ publisher }}", "The Gazette"),
        ("{{ authors }}", "Ann Lee, Bo Ek"),
        ("{{ categories }}", "Politics, Sea"),
        ("{{ caption }}", "A pier"),
        ("{{ published }}", "<t:1771369920:f>"),
        ("{{ time }}", "<t:1771369920:t>"),
        ("**By {{ authors|join(' & ') }}**", "**By Ann Lee & Bo Ek**"),
        ("{{ authors|first|upper }}", "ANN LEE"),
        ("{{ categories|lower }}", "politics, sea"),
        ("{{ 'abc'|capitalize }}", "Abc"),
        ("{{ title|truncate(8) }}", "Ferry…"),
        ("{{ summary|truncate(12) }}", "She sailed…"),
        ("{% if 'politics' in categories %}P{% else %}-{% endif %}", "P"),
        ("{% if 'Pol' in categories %}P{% elif not authors %}A{% else %}-{% endif %}", "-"),
        ("{{ 'yes' if publisher == 'The Gazette' else 'no' }}", "yes"),
        ("{{ '**' }}", "\\*\\*"),
        ("{{ 'By ' if authors }}{{ title|truncate(6) }}{{ ' ' }}.", "By Ferry… ."),
        ("{{ link|upper }} {{ time|truncate(1) }}", "https://gazette.example/ferry <t:1771369920:t>"),
        ("a\n{% if title %}\nb\n{% endif %}\nc", "a\nb\nc"),
        ("a\n\n\n\nb", "a\n\nb"),
    ],
)
def test_a_starter_says_what_its_template_says(source: str, expected: str) -> None:
    assert expected == starter(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ publisher }}: {{ title }}", "[News] The Gazette: Ferry *Aurora* returns"),
        ("{{ published }} {{ time }}", "[News] 2026-02-17 23:12"),
        ("{{ summary }}", "[News] She sailed at dawn."),
        ("[News] {{ title }}", "[News] Ferry *Aurora* returns"),
        ("{{ title|truncate(8) }}", "[News] Ferry…"),
    ],
)
def test_a_name_is_plain_text_behind_its_prefix(source: str, expected: str) -> None:
    assert expected == name(source)


def test_a_name_that_an_entry_leaves_empty_is_the_usual_one() -> None:
    assert "[News] t" == name("{{ caption }}", Entry(title="t"))


def test_what_an_entry_lacks_can_be_replaced() -> None:
    assert "Staff" == starter("{{ authors|default('Staff') }}", Entry(title="t"))


def test_an_update_shows_its_template_below_its_headline() -> None:
    templates = Templates(update="{{ time }} **{{ title }}**")
    embed = update_embed(FERRY, templates)

    assert ("Ferry \\*Aurora\\* returns", "<t:1771369920:t> **Ferry \\*Aurora\\* returns**") == (
        embed.title,
        embed.description,
    )


def test_an_update_that_its_template_leaves_empty_has_the_usual_look() -> None:
    update = Entry(body="Kick-off.")

    assert update_embed(update, Templates()) == update_embed(update, Templates(update="{{ caption }}"))


def test_a_text_that_is_too_long_is_shortened_within_its_values() -> None:
    body = "".join(f"<p><b>word {number} *</b> and more</p>" for number in range(100))
    text = starter("{{ summary }}\n" * 20 + "**end**", Entry(title="t", body=body))

    assert text.endswith("\n**end**")
    assert 2000 < len(text) <= 4096
    assert 0 == text.count("**") % 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ titel }}", "line 1: There is no value `titel`. The values are `title`, `summary`"),
        ("a\n{{ title|urlize }}", "line 2: There is no filter `urlize`. The filters are `upper`, `lower`"),
        ("{% for x in title %}{% endfor %}", "line 1: `for` is not possible here"),
        ("{{ title", "line 1: Jinja cannot read it: `unexpected end of template"),
        ("{{ title|truncate }}", "Write a number from 1 to 4000: `truncate(100)`."),
        ("{{ title|truncate(0) }}", "Write a number from 1 to 4000: `truncate(100)`."),
        ("{{ title|truncate(true) }}", "Write a number from 1 to 4000: `truncate(100)`."),
        ("{{ title|upper(1) }}", "Write the filter as `upper`."),
        ("{{ authors|join(title) }}", 'Write the filter as `join(", ")`.'),
        ("{{ 'a' in title }}", "`in` asks for a word in one of `authors` and `categories`"),
        ("{{ title in authors }}", "`in` asks for a word in one of `authors` and `categories`"),
        ("{{ title < 1 }}", "Values can be compared by `==`, `!=` and `in` alone."),
        ("\\{{ title }}", "A backslash cannot stand before a value."),
        ("x" * 1001, "It is longer than 1000 characters."),
        ("{{" + "(" * 990, "It is nested too deeply."),
        ("{{ " + "not " * 240 + "title }}", "It is nested too deeply."),
        ("{% if title %}" * 35 + "x" + "{% endif %}" * 35, "It is nested too deeply."),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_line_and_fault(source: str, expected: str) -> None:
    text = refusal(source)

    assert text.startswith("The template for starters, line ")
    assert expected in text


@pytest.mark.parametrize("field", FIELDS)
def test_a_refusal_names_the_template(field: str) -> None:
    assert refusal("{{ x }}", field).startswith(f"The template for {field}s, line 1: There is no value `x`.")


@pytest.mark.parametrize("source", [" ", "{# nothing #}", "{% if false %}x{% endif %}", "\u3164"])
def test_a_name_that_shows_nothing_is_refused(source: str) -> None:
    assert "It shows nothing, even for an entry that has everything." in refusal(source, "name")


HOSTILE = [
    "{{ 9**9**9**9 }}",
    "{{ 'a' * 999999999 }}",
    "{{ title * 99999999 }}",
    "{{ 1 << 999999999 }}",
    "{{ range(999999999)|list }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 'a' %}{% set x = x ~ x %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ title['__class__'] }}",
    "{{ title|attr('__class__') }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum(n=99999) }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends title %}",
    "{{ '%999999999d'|format(1) }}",
    "{{ title|center(999999999) }}",
    "{{ title|replace('', title)|replace('', title) }}",
    "{{ title|indent(99999999) }}",
    "{{ title|wordwrap(1) }}",
    "{{ title|string * 9999 }}",
    "{% filter upper %}x{% endfilter %}",
    "{% call title() %}{% endcall %}",
    "{% with x = 1 %}{% endwith %}",
    "{% block b %}{% endblock %}",
    "{% do title %}",
    "{% autoescape true %}{{ title }}{% endautoescape %}",
    "{{ title|truncate(99999999999) }}",
    "{{ title|truncate(*[1]) }}",
    "{{ title|truncate(**{}) }}",
    "{{ title is divisibleby(0) }}",
    "{{ title.format }}",
    "{{ [title] * 999999 }}",
    "{{ {title: title} }}",
    "{{ title[::-1] }}",
    "{{ -title }}",
    "{{ 1 // 0 }}",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_template_is_refused_before_it_runs(source: str, field: str) -> None:
    """By its syntax tree: nothing of it is compiled, so how long it would take does not matter."""
    assert refusal(source, field)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("@everyone <@1> <@&2> <#3> <:a:4>", ""),
        ("@{{ title }}", "everyone"),
        ("<{{ title }}", "@1>"),
        ("<@{{ title }}", "1>"),
        ("<{{ title|first }}@1>", "x"),
        ("@{% if title %}every{% endif %}one", "x"),
        ("{{ '@everyone' }} {{ title|join('@here') }}", "@here"),
        ("@\u200beveryone @\u2060everyone", ""),
    ],
)
def test_a_mention_is_broken_wherever_it_comes_from(source: str, title: str) -> None:
    entry = Entry(title=title, link="https://n.example/")

    assert not LIVE_MENTION.search(starter(source, entry))
    assert not LIVE_MENTION.search(name("x" + source, entry))


@pytest.mark.parametrize(
    "title", ["**a** _b_ `c` ~~d~~ ||e||", "[a](https://evil.example)", "# a", "> a", "- a", "1. a", "\\*a*"]
)
def test_a_value_cannot_be_markup(title: str) -> None:
    """Every special character has its backslash, so that Discord shows exactly the title."""
    shown = starter("{{ title }}", Entry(title=title))

    assert title == re.sub(r"\\([\\*_~|<>\[\]`#.-])", r"\1", shown.rstrip())
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]|]", shown)


def test_an_address_in_a_value_does_not_swallow_what_follows() -> None:
    assert "**https://n.example/a **" == starter("**{{ title }}**", Entry(title="https://n.example/a"))


def test_a_template_that_is_no_longer_possible_gives_the_usual_look_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    old = Templates(name="{{ once_upon }}", starter="{{ once_upon }}", update="{{ a_time }}")
    usual = present(FERRY, Templates(), publisher="p", publisher_link=None, topic_id=7)
    caplog.set_level(logging.WARNING)

    for _ in range(3):
        assert usual == present(FERRY, old, publisher="p", publisher_link=None, topic_id=7)
        assert update_embed(FERRY, Templates()) == update_embed(FERRY, old)
    assert ["{{ once_upon }}", "{{ a_time }}"] == [
        re.findall(r"template is '(.*)'", record.getMessage())[0] for record in caplog.records
    ]


VALUES = st.sampled_from(
    ["title", "summary", "link", "publisher", "authors", "categories", "caption", "published", "time"]
)
CONSTANTS = st.sampled_from(["'a'", "'ß'", "'@everyone'", "'**'", "1", "true", "none", "'\\ud800'", "''"])
FILTER = st.sampled_from(
    ["upper", "lower", "capitalize", "first", "truncate(1)", "truncate(4000)", "default('<@1>')", "join('*')"]
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, FILTER).map("|".join),
        st.tuples(inner, inner, inner).map(lambda e: f"({e[0]} if {e[1]} else {e[2]})"),
        st.tuples(inner, st.sampled_from([" and ", " or ", " == ", " != "]), inner).map("".join),
        inner.map(lambda e: f"(not {e})"),
        st.sampled_from(["('sea' in categories)", "('x' not in authors)"]),
    )


EXPRESSION = st.recursive(VALUES | CONSTANTS, _wider, max_leaves=6)
TEXT = st.sampled_from(
    ["**", "\n", "> ", "@", "<", "<@", "every", "one", "[", "](", ")", "`", "```", " ", "# "]
)
TEMPLATE = st.lists(
    st.one_of(
        TEXT,
        st.text(max_size=5),
        EXPRESSION.map(lambda e: f"{{{{ {e} }}}}"),
        st.tuples(EXPRESSION, TEXT, TEXT).map(
            lambda p: f"{{% if {p[0]} %}}{p[1]}{{% else %}}{p[2]}{{% endif %}}"
        ),
    ),
    max_size=12,
).map("".join)
NASTY = st.text(max_size=300) | st.lists(
    st.sampled_from(["@everyone", "<@1>", "*_~`", "word ", "😀", "\u0301", "\\", "https://e.example/", "```"])
).map("".join)
ENTRY = st.builds(
    Entry,
    title=NASTY,
    link=st.none() | st.text(max_size=40).map(lambda path: "https://n.example/" + path),
    body=NASTY.map(lambda text: f"<p>{text}</p>") | NASTY | st.just("<p>word</p>" * 900),
    image=st.none() | st.builds(Image, url=st.just("https://n.example/i.jpg"), caption=NASTY),
    authors=st.lists(NASTY, max_size=3).map(tuple),
    categories=st.lists(NASTY, max_size=3).map(tuple),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def passes(source: str) -> Templates | None:
    templates = Templates(name=source, starter=source, update=source)
    try:
        check(templates)
    except RefusedError:
        return None
    return templates


@settings(max_examples=300)
@given(TEMPLATE, ENTRY, NASTY)
@example("{{ summary }}{{ link }}" * 40, Entry(link="https://n.example/" + "x" * 990, body="word " * 200), "")
@example("{{ 'https://" + "ß*" * 480 + "'|upper }}", Entry(), "")
@example("{{ '" + "<@" * 490 + "' }}", Entry(), "")
@example("{{ authors|join('" + "*" * 970 + "') }}", Entry(authors=("a",) * 99), "")
def test_what_passes_the_check_shows_any_entry_within_limits(
    source: str, entry: Entry, publisher: str
) -> None:
    templates = passes(source)
    if templates is None:
        return
    thread, message = present(entry, templates, publisher=publisher, publisher_link=None, topic_id=7)
    _, usual = present(entry, Templates(), publisher=publisher, publisher_link=None, topic_id=7)
    update = update_embed(entry, templates, publisher=publisher)

    assert thread.startswith("[News] ")
    assert 7 < units(thread) <= 100
    assert usual.buttons == message.buttons
    assert "nightdesk:follow:7" == message.buttons[-1].custom_id
    for embed in (*message.embeds, update):
        sizes = [units(text) for text in (embed.title, embed.description, embed.footer, embed.author)]
        assert sum(sizes) <= 6000
        assert sizes[1] <= 4096
        assert embed.title or embed.description or embed.image_url
        assert not LIVE_MENTION.search(embed.description)
        assert embed.description == embed.description.encode().decode()
    assert not LIVE_MENTION.search(thread)


@given(st.text(alphabet="{}%#'\"()|.[]=!~*/+-\\ \nabtitle0", max_size=80))
def test_any_text_at_all_passes_the_check_or_is_refused(source: str) -> None:
    passes(source)
    passes("{{ " + source + " }}")
    passes("{% if " + source + " %}x{% endif %}")
