from doorward.core.kernel import cause


def test_what_is_done_inside_goes_back_to_the_request_and_what_follows_does_not() -> None:
    with cause.caused_by("outer"):
        begun = cause.begin("inner")
        inner = cause.request_id()
        cause.end(begun)
        outer = cause.request_id()

    assert (inner, outer, cause.request_id()) == ("inner", "outer", None)


def test_what_is_done_inside_belongs_to_the_span() -> None:
    with cause.within("00-span"):
        inside = cause.trace()

    assert (inside, cause.trace()) == ("00-span", None)
