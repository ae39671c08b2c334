from bot.domain.moving import ENOUGH, Whereabouts, failed, redirected

NEW = "https://new.example/feed"
OTHER = "https://other.example/feed"


def after(*moves: str | None) -> Whereabouts:
    place = Whereabouts()
    for moved_to in moves:
        place = redirected(place, moved_to)
    return place


def test_a_redirect_is_believed_when_it_repeats() -> None:
    assert [None, None, NEW] == [after(*[NEW] * n).address for n in range(1, ENOUGH + 1)]


def test_a_redirect_that_changes_or_pauses_counts_anew() -> None:
    assert after(NEW, NEW, OTHER, NEW).address is None
    assert after(NEW, NEW, None, NEW).address is None


def test_a_feed_that_moved_may_move_on() -> None:
    assert OTHER == after(NEW, NEW, NEW, OTHER, OTHER, OTHER).address


def test_a_new_address_that_fails_is_given_up_for_the_old_one() -> None:
    assert Whereabouts() == failed(after(NEW, NEW, NEW))


def test_a_failure_on_the_way_does_not_forget_where_the_redirects_lead() -> None:
    assert NEW == redirected(failed(after(NEW, NEW)), NEW).address
