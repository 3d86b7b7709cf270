"""Two releases, and the mail server that their letters go to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rolling.releases import Release, next_release, this_release
from tests.rolling.traffic import MailServer


@pytest.fixture(scope="package")
def releases(run_folder: Path) -> tuple[Release, Release]:
    return this_release(run_folder), next_release(run_folder)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer().open() as opened:
        yield opened
