from doorward.core.kernel.outgoing import Fetched


def test_fetched_shows_nothing_of_the_body() -> None:
    shown = repr(Fetched(200, "application/json", b'{"access_token": "secret"}'))

    assert shown == "Fetched(status=200, media_type='application/json', bytes=26)"
