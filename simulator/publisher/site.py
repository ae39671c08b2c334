"""The paper's web pages. Pure. Titles are escaped; the bodies are the paper's own HTML."""

import json
from datetime import datetime
from html import escape
from string import Template
from typing import Any

from .feeds import ABOUT, PAPER, links
from .newsroom import Article, Edition, LivePage, Update

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="alternate" type="application/rss+xml" title="RSS" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" title="Atom" href="/atom.xml">
<link rel="alternate" type="application/feed+json" title="JSON Feed" href="/feed.json">
<style>
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.1rem/1.6 Georgia, "Liberation Serif", serif }
header { border-bottom: 3px double; margin-bottom: 2rem }
header a { color: inherit; text-decoration: none; font-size: 2rem; font-weight: 700 }
img { max-width: 100%; border-radius: 4px }
figure { margin: 1rem 0 }
figcaption, time { opacity: .8; font-size: .9rem }
</style>
$head</head>
<body>
<header><a href="/">The Harbour Gazette</a><p>$about</p></header>
<main>
$main
</main>
</body>
</html>
""")


def front(edition: Edition, opened: datetime) -> str:
    """All headlines, the newest first."""
    live = edition.live
    state = "" if live.ended is not None else "<strong>Live:</strong> "
    items = "\n".join(
        f'<li><a href="{article.path}">{escape(article.title)}</a> {_time(opened + article.published)}</li>'
        for article in edition.articles
    )
    lead = f'<p>{state}<a href="{live.path}">{escape(live.title)}</a></p>'
    return _page(PAPER, f"{lead}\n<ul>\n{items}\n</ul>")


def article_page(article: Article, opened: datetime, base: str) -> str:
    """One article with its picture and caption."""
    _, picture = links(article, base)
    sections = " · ".join(escape(section) for section in article.sections)
    body = (
        f"<article>\n<h1>{escape(article.title)}</h1>\n<p>{_time(opened + article.published)} {sections}</p>\n"
        f"{_figure(picture, article.picture)}{article.body}\n</article>"
    )
    return _page(article.title, body)


def live_page(live: LivePage, opened: datetime, base: str) -> str:
    """The live page, readable by people and, as a LiveBlogPosting in JSON-LD, by programs."""
    # "</script>" within a string would end the script element.
    data = json.dumps(posting(live, opened, base), ensure_ascii=False, indent=1).replace("<", "\\u003c")
    updates = "\n".join(_section(update, opened) for update in live.updates)
    figure = _figure(f"{base}/picture/{live.slug}.png", live.picture)
    main = f"<h1>{escape(live.title)}</h1>\n<p>{escape(live.standfirst)}</p>\n{figure}{updates}"
    return _page(live.title, main, head=f'<script type="application/ld+json">\n{data}\n</script>\n')


def _section(update: Update, opened: datetime) -> str:
    heading = f"<h2>{escape(update.headline)}</h2>{_time(opened + update.published)}"
    return f'<section id="{update.id}">{heading}{update.body}</section>'


def posting(live: LivePage, opened: datetime, base: str) -> dict[str, Any]:
    """https://schema.org/LiveBlogPosting; `coverageEndTime` is there only once the page has ended."""
    url = base + live.path
    ended = {} if live.ended is None else {"coverageEndTime": (opened + live.ended).isoformat()}
    return {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "@id": url,
        "url": url,
        "headline": live.title,
        "description": live.standfirst,
        "datePublished": (opened + live.began).isoformat(),
        "dateModified": (opened + live.modified).isoformat(),
        "coverageStartTime": (opened + live.began).isoformat(),
        **ended,
        "image": f"{base}/picture/{live.slug}.png",
        "publisher": {"@type": "Organization", "name": PAPER, "url": f"{base}/"},
        "liveBlogUpdate": [_posting_update(update, opened, url) for update in live.updates],
    }


def _posting_update(update: Update, opened: datetime, url: str) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "@id": f"{url}#{update.id}",
        "url": f"{url}#{update.id}",
        "headline": update.headline,
        "articleBody": update.body,
        "datePublished": (opened + update.published).isoformat(),
        "dateModified": (opened + update.modified).isoformat(),
        "author": {"@type": "Organization", "name": PAPER},
    }


def _page(title: str, main: str, head: str = "") -> str:
    return _PAGE.substitute(title=escape(title), about=escape(ABOUT), main=main, head=head)


def _figure(url: str | None, caption: str | None) -> str:
    if url is None or caption is None:
        return ""
    words = escape(caption)
    image = f'<img src="{escape(url)}" alt="{words}" width="960" height="540">'
    return f"<figure>{image}<figcaption>{words}</figcaption></figure>\n"


def _time(moment: datetime) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment:%-d %B, %H:%M} UTC</time>'
