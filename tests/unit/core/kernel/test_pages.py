from doorward.core.kernel.pages import MAX_PAGE_SIZE, Page


def test_page_last_one_leads_nowhere() -> None:
    page = Page(("first", "second"), None)

    assert page.items == ("first", "second")
    assert page.next_after is None
    assert MAX_PAGE_SIZE == 200
