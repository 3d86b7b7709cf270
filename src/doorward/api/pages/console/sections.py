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
    Section("audit", "/console/audit", "Audit log", "What happened, by whom and when, and the proof that it is whole."),
    Section("jobs", "/console/jobs", "Jobs", "What waits to be sent, what was given up, what is due again and again."),
    Section(
        "locks",
        "/console/locks",
        "Limits and locks",
        "Who is kept out now, and how often what may be asked.",
    ),
    Section("keys", "/console/keys", "Signing keys", "Which key signs, which comes next, and making new ones."),
    Section("settings", "/console/settings", "Settings", "Every setting, its value, and where that came from."),
    Section("health", "/console/health", "Health", "How this instance is, and what it did in the last hour."),
)
"""Every section. A page of one says its name as `here`."""
