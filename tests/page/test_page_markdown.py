"""Discord Markdown as the page shows it: the very modules, in the browser, over a table."""

import pytest
from page_stage import Stage, Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RENDER = """async (source) => {
  const { renderMarkdown } = await import("/page/js/markup.js");
  const names = {
    user: (id) => ({ 1: "Maria" })[id] ?? null, role: (id) => ({ 2: "Editors" })[id] ?? null,
    channel: (id) => ({ 3: "general" })[id] ?? null, channelHref: (id) => (id === "3" ? "#/9/3" : null),
  };
  const box = document.createElement("div");
  box.append(renderMarkdown(source, names));
  return box.innerHTML;
}"""
LINK = 'target="_blank" rel="noopener noreferrer"'
TABLE = {
    # Emphasis
    "**bold** *it* _it_ __under__ ~~gone~~": (
        "<p><strong>bold</strong> <em>it</em> <em>it</em> <u>under</u> <s>gone</s></p>"
    ),
    "***both***": "<p><strong><em>both</em></strong></p>",
    "__**x**__": "<p><u><strong>x</strong></u></p>",
    "**a *b***": "<p><strong>a <em>b</em></strong></p>",
    "*a **b** c*": "<p><em>a <strong>b</strong> c</em></p>",
    # What only looks like it
    "snake_case_name": "<p>snake_case_name</p>",
    "2 * 3 * 4": "<p>2 * 3 * 4</p>",
    r"\*not\* \_this\_ \# nor \~\~this\~\~": "<p>*not* _this_ # nor ~~this~~</p>",
    "**open": "<p>**open</p>",
    "a `**b**` c": "<p>a <code>**b**</code> c</p>",
    "``a`b``": "<p><code>a`b</code></p>",
    # Blocks
    "# One\n## Two\n### Three\n#### Four": "<h3>One</h3><h4>Two</h4><h5>Three</h5><p>#### Four</p>",
    "#no heading": "<p>#no heading</p>",
    "-# small **print**": '<p class="subtext">small <strong>print</strong></p>',
    "one\ntwo": "<p>one<br>two</p>",
    "- a\n- b\n  - c\n- d": "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>",
    "3. c\n4. d": '<ol start="3"><li>c</li><li>d</li></ol>',
    "- a\n1. b": "<ul><li>a</li></ul><ol><li>b</li></ol>",
    "> a\n> b\nc": "<blockquote><p>a<br>b</p></blockquote><p>c</p>",
    ">>> a\n\nb": "<blockquote><p>a<br><br>b</p></blockquote>",
    "a > b": "<p>a &gt; b</p>",
    "```py\nif a < b:\n    c()\n```": (
        '<pre tabindex="0"><code data-language="py">if a &lt; b:\n    c()</code></pre>'
    ),
    "say ```x``` now": '<p>say </p><pre tabindex="0"><code>x</code></pre><p> now</p>',
    # Links
    "[a **b**](https://x.example/z_(k))": (
        f'<p><a href="https://x.example/z_(k)" {LINK}>a <strong>b</strong></a></p>'
    ),
    '[a](<https://x.example/> "title")': f'<p><a href="https://x.example/" {LINK}>a</a></p>',
    "see https://x.example/a_b_c.": f'<p>see <a href="https://x.example/a_b_c" {LINK}>https://x.example/a_b_c</a>.</p>',
    "(https://x.example/)": f'<p>(<a href="https://x.example/" {LINK}>https://x.example/</a>)</p>',
    "<https://x.example/>": f'<p><a href="https://x.example/" {LINK}>https://x.example/</a></p>',
    "[a](javascript:alert(1))": "<p>[a](javascript:alert(1))</p>",
    "[a](data:text/html,x)": "<p>[a](data:text/html,x)</p>",
    # Mentions
    "<@1> <@!1> <@&2> <@7>": (
        '<p><span class="mention">@Maria</span> <span class="mention">@Maria</span> '
        '<span class="mention">@Editors</span> <span class="mention">@unknown user</span></p>'
    ),
    "<#3> <#4>": '<p><a class="mention" href="#/9/3">#general</a> <span class="mention">#unknown channel</span></p>',
    "@everyone </topic close:5>": (
        '<p><span class="mention">@everyone</span> <span class="mention">/topic close</span></p>'
    ),
    "@everyone not @\u200beveryone": '<p><span class="mention">@everyone</span> not @\u200beveryone</p>',
    "<:wave:123> <a:spin:9>": "<p>:wave: :spin:</p>",
    # HTML is text
    "<b onclick='x'>&amp;</b>": "<p>&lt;b onclick='x'&gt;&amp;amp;&lt;/b&gt;</p>",
    "||secret||": (
        '<p><button type="button" class="spoiler-button" aria-label="Show spoiler">spoiler</button>'
        '<span class="spoiler" hidden="">secret</span></p>'
    ),
}


async def test_markdown_reads_as_discord_reads_it(stage: Stage, window: Window) -> None:
    page = await window(stage.alex)
    assert TABLE == {source: await page.evaluate(RENDER, source) for source in TABLE}


async def test_a_timestamp_is_shown_in_its_style(stage: Stage, window: Window) -> None:
    page = await window(stage.alex)
    shown = {style: await page.evaluate(RENDER, f"<t:1772389800:{style}>") for style in STYLES}
    # Browsers differ in one comma.
    assert STYLES == {
        style: html[html.index(">", 4) + 1 : -11].replace("day,", "day") for style, html in shown.items()
    }


STYLES = {
    "t": "19:30",
    "T": "19:30:00",
    "d": "01/03/2026",
    "D": "1 March 2026",
    "f": "1 March 2026 at 19:30",
    "F": "Sunday 1 March 2026 at 19:30",
}


async def test_a_relative_time_is_said_in_words(stage: Stage, window: Window) -> None:
    page = await window(stage.alex)
    script = """async (seconds) => (await import("/page/js/time.js")).relative(1e12 + seconds * 1000, 1e12)"""
    assert RELATIVE == {seconds: await page.evaluate(script, seconds) for seconds in RELATIVE}


RELATIVE = {
    0: "now",
    -59: "now",
    -60: "1 minute ago",
    -7200: "2 hours ago",
    -86_400: "yesterday",
    259_200: "in 3 days",
}
HOSTILE = (
    "**", "*a ", "_a ", "||a", "***a", "[", "[a](", "`", "`a ``b ```c", "> ", ">>> ", "```", "- a\n", "  - ", "<t:",
    "\\", "[a](https://x/(a", "https://", "# ", "~~_**__||",
)  # fmt: skip


async def test_the_longest_hostile_text_is_read_to_its_end(stage: Stage, window: Window) -> None:
    """A description may have 4,096 characters. What needs more than linear time here would run into the time limit."""
    page = await window(stage.alex)
    sources = {piece: (piece * 4096)[:4090] + " end." for piece in HOSTILE}
    ends = {piece: await page.evaluate(f"async (s) => (await ({RENDER})(s)).includes('end.')", source)
            for piece, source in sources.items()}  # fmt: skip
    assert dict.fromkeys(HOSTILE, True) == ends


async def test_a_spoiler_is_shown_when_it_is_asked_for(stage: Stage, window: Window) -> None:
    await stage.sam.post(stage.general, "The butler: ||innocent||")
    page = await window(stage.alex, stage.general)
    secret = page.get_by_text("innocent")
    await page.get_by_role("button", name="Show spoiler").wait_for()
    assert not await secret.is_visible()
    await page.get_by_role("button", name="Show spoiler").press("Enter")
    assert await secret.is_visible()
