"""What the paper says, moment by moment."""

from datetime import timedelta

from hypothesis import given, strategies as st

from simulator.publisher.newsroom import newsroom

OPENING = newsroom(timedelta(0))
LATE = newsroom(timedelta(hours=2))
moments = st.floats(0, 1000).map(lambda seconds: timedelta(seconds=seconds))


def test_it_has_something_to_read_at_once() -> None:
    assert ["harbour-fire", "council-dredging", "library-roof", "ferry-timetable"] == [
        each.slug for each in OPENING.articles
    ]


def test_a_new_article_comes_every_twenty_seconds() -> None:
    assert [4, 4, 5, 6] == [len(newsroom(timedelta(seconds=seconds)).articles) for seconds in (0, 19, 20, 40)]


def test_at_double_speed_it_comes_every_ten() -> None:
    assert 5 == len(newsroom(timedelta(seconds=10), speed=2).articles)


def test_the_stock_holds_twenty_articles_and_more() -> None:
    assert len(LATE.articles) - len(OPENING.articles) >= 20
    assert len(LATE.articles) == len({each.slug for each in LATE.articles})


def test_the_stock_has_what_is_hard_for_readers() -> None:
    titles = " ".join(each.title for each in LATE.articles)
    assert all(hard in titles for hard in ("@everyone", "&", "“", "**", "_", "<", "姉妹", "معرض"))
    assert any(len(each.title) > 150 for each in LATE.articles)
    assert any(each.picture is None for each in LATE.articles)


@given(moments, moments, st.sampled_from([0.5, 1.0, 7.0]))
def test_what_was_published_stays(one: timedelta, other: timedelta, speed: float) -> None:
    earlier, later = newsroom(min(one, other), speed), newsroom(max(one, other), speed)
    assert {each.slug for each in earlier.articles} <= {each.slug for each in later.articles}
    assert {each.id for each in earlier.live.updates} <= {each.id for each in later.live.updates}


@given(moments, st.sampled_from([0.5, 1.0, 7.0]))
def test_nothing_is_dated_in_the_future(elapsed: timedelta, speed: float) -> None:
    edition = newsroom(elapsed, speed)
    published = [each.published for each in edition.articles]
    assert max(*published, *(each.modified for each in edition.live.updates)) == edition.changed
    assert edition.changed <= elapsed
    assert sorted(published, reverse=True) == published


def test_the_live_page_corrects_an_update_in_place() -> None:
    before, after = (_update("u3", seconds) for seconds in (74, 75))
    assert "twelve" in before
    assert "ten" in after


def _update(number: str, seconds: float) -> str:
    updates = newsroom(timedelta(seconds=seconds)).live.updates
    return next(each.body for each in updates if each.id == number)


def test_the_live_page_ends_with_a_closing_sentence() -> None:
    before, after = (newsroom(timedelta(seconds=seconds)).live for seconds in (329, 330))
    assert before.ended is None
    assert timedelta(seconds=330) == after.ended
    assert "This live page is now closed" in after.updates[0].body
    assert after == LATE.live
