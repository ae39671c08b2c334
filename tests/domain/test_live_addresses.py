"""Where a live blog is read."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.domain.live_addresses import data_address, update_address

PAGE = "https://www.aljazeera.com/news/liveblog/2026/5/4/storm-live-coast-road-closed"


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}/", f"{PAGE}?update=77020", f"{PAGE}?traffic_source=rss"])
def test_a_live_blog_of_al_jazeera_is_read_from_its_api(url: str) -> None:
    address = data_address(url)
    asked = query(address)

    assert "https://www.aljazeera.com/graphql" == address.partition("?")[0]
    assert ["aje", "ArchipelagoSingleLiveBlogQuery"] == [*asked["wp-site"], *asked["operationName"]]
    assert {"name": "storm-live-coast-road-closed", "postType": "liveblog", "preview": ""} == json.loads(
        asked["variables"][0]
    )


def test_each_of_its_updates_has_an_address() -> None:
    asked = query(update_address(data_address(PAGE), 77020))

    assert ["LiveBlogUpdateQuery"] == asked["operationName"]
    assert 77020 == json.loads(asked["variables"][0])["postID"]


@pytest.mark.parametrize(
    "url",
    [
        "https://gazette.example/news/liveblog/2026/5/4/storm",
        "https://www.aljazeera.com/news/2026/5/4/storm",
        "https://www.aljazeera.com/news/liveblog/",
        "http://[",
        "",
    ],
)
def test_any_other_live_blog_is_read_from_its_page(url: str) -> None:
    assert url == data_address(url)
