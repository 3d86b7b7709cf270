"""People with a real browser. Whatever its console complains about is kept."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, sync_playwright

from tests.browser.server import PASSWORD

Scheme = Literal["light", "dark"]

# The first is the same engine without a window that nobody sees: a third less to compute.
_NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TELL_VIOLATIONS: Final = (
    "addEventListener('securitypolicyviolation', (event) =>"
    " console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`))"
)
_STATUSES_OF_PAGES: Final = tuple(
    f"Failed to load resource: the server responded with a status of {status}" for status in ("4", "503")
)
DESKTOP: Final = (1280, 900)
PHONE: Final = (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium for a while."""
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        raise RuntimeError("There is no Chromium here. `scripts/system-parts browser` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own, at one page."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls,
        browser: Browser,
        base: str,
        *,
        scheme: Scheme = "light",
        size: tuple[int, int] = DESKTOP,
        scripts: bool = True,
        state: StorageState | None = None,
        scale: float = 1,
    ) -> Self:
        """Return somebody who has not opened a page yet; with `state`, somebody who was here before."""
        width, height = size
        is_phone = size == PHONE
        context = browser.new_context(
            base_url=base,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            is_mobile=is_phone,
            has_touch=is_phone,
            java_script_enabled=scripts,
            storage_state=state,
            device_scale_factor=scale,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
        )
        context.set_default_timeout(15_000)
        person = cls(context, context.new_page())
        context.on("console", person.listen)
        context.on("weberror", lambda error: person.complaints.append(str(error.error)))
        if scripts:
            context.add_init_script(_TELL_VIOLATIONS)
        return person

    def listen(self, message: ConsoleMessage) -> None:
        """Keep what the console complains about; that a page came with a status of refusal is no complaint."""
        is_page = "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not (is_page and message.text.startswith(_STATUSES_OF_PAGES)):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def look(self, scheme: Scheme, size: tuple[int, int]) -> None:
        """Look at the page by day or night, and from another window."""
        width, height = size
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": height})

    def open(self, path: str) -> Self:
        """Open a page."""
        self.page.goto(path)
        return self

    def fill(self, **typed: str) -> Self:
        """Type into controls, by their ids."""
        for control, text in typed.items():
            self.page.fill(f"#{control}", text)
        return self

    def press(self, button: str) -> Self:
        """Press a button, by its id, and wait for what it leads to."""
        with self.page.expect_navigation():
            self.page.click(f"#{button}")
        return self

    def read(self, element: str) -> str:
        """Return what stands in an element, by its id."""
        return " ".join(self.page.inner_text(f"#{element}").split())

    def sees(self, element: str) -> bool:
        """Tell whether there is an element of that id."""
        return self.page.locator(f"#{element}").count() == 1

    @property
    def place(self) -> str:
        """The path and query of the page."""
        return "/" + self.page.url.split("/", 3)[3]

    def sign_in(self, name: str, password: str = PASSWORD) -> Self:
        """Sign in."""
        return self.open("/sign-in").fill(username=name, password=password).press("sign-in-submit")
