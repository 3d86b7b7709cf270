"""The sections of the console, in the order of its navigation."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its first page, what it is called, and what one finds there. `name` marks where somebody is."""

    name: str
    path: str
    title: str
    about: str


SECTIONS: Final = (
    Section(
        "accounts", "/console/accounts", "Accounts", "Find somebody, see where they are signed in, help or stop them."
    ),
    Section("clients", "/console/clients", "Clients", "The applications that sign people in, and their secrets."),
    Section("consents", "/console/consents", "Consents", "Which application acts for whom, and taking that back."),
)
"""Every section. A page of one says its name as `here`."""
