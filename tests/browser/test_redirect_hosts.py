import pytest
from playwright.sync_api import Browser

from tests.conformance.test_redirect_hosts import accepted
from tests.redirects import host_of

READ = """(texts) => texts.map((text) => {
  try { const url = new URL(text); return [url.protocol, url.hostname, url.username]; } catch { return null; }
})"""


@pytest.mark.browser
@pytest.mark.requirement("S-01")
def test_accepted_addresses_lead_chromium_to_the_same_host(browser: Browser) -> None:
    texts = accepted()
    page = browser.new_page()

    read = page.evaluate(READ, texts)

    page.close()
    assert len(read) > 500
    assert [(text, seen) for text, seen in zip(texts, read, strict=True) if seen != [*host_of(text), ""]] == []
