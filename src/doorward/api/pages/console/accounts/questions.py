"""What is asked before something is done to an account: every consequence, in words for whoever does it."""

from dataclasses import dataclass

from doorward.api.pages.console.frame import Question
from doorward.core.access.decide import check_role
from doorward.core.access.records import OPERATOR
from doorward.core.accounts.records import Status
from doorward.core.kernel.errors import NotFound
from doorward.core.login.rules import FAILURES
from doorward.core.oauth.authorize.applications import Application
from doorward.core.operating.people.see_account import AccountSeen
from doorward.core.sessions.list_sessions import LISTED
from doorward.core.sessions.records import Session, Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: an account, by whom, what else it is done to, and the path of the answer."""

    seen: AccountSeen
    operator: Snapshot
    target: str
    action: str

    @property
    def is_self(self) -> bool:
        """Tell whether operators do it to themselves."""
        return self.seen.account.id == self.operator.profile.id

    @property
    def name(self) -> str:
        """The name of the account."""
        return self.seen.account.username

    def question(self, title: str, button: str, *consequences: str, is_grave: bool = True) -> Question:
        """Return a question about the account; consequences that are empty are none."""
        account = self.seen.account
        return Question(
            title=title,
            subject=f"{account.username} · {account.email}",
            consequences=tuple(consequence for consequence in consequences if consequence),
            button=button,
            action=self.action,
            back=f"/console/accounts/{account.id}",
            is_grave=is_grave,
        )


def disable(asked: Asked) -> Question:
    """Return the question before an account is disabled."""
    is_closing = asked.seen.account.status is Status.CLOSING
    return asked.question(
        f"Disable {asked.name}?",
        "Disable the account",
        "Nobody can sign in to it any more, here or through any application, until it is enabled again.",
        f"{_ending(asked)} Links in mails that wait in the inbox stop working too.",
        "Nothing is deleted, and the owner is not told by mail.",
        "It waits to be deleted now. Disabled, it stays." if is_closing else "",
        "This is your own account. You are signed out, and only another operator can enable it."
        if asked.is_self
        else "",
    )


def enable(asked: Asked) -> Question:
    """Return the question before an account is enabled."""
    is_closing = asked.seen.account.status is Status.CLOSING
    return asked.question(
        f"Enable {asked.name}?",
        "Enable the account",
        "Its owner can sign in again, with the password and the other ways that they had.",
        "Sessions that ended do not come back.",
        "It will not be deleted, although its owner asked for that." if is_closing else "",
        is_grave=is_closing,
    )


def unlock(asked: Asked) -> Question:
    """Return the question before a lock is lifted."""
    return asked.question(
        f"Unlock {asked.name}?",
        "Unlock the account",
        f"Everybody may try its password again, {FAILURES} times before a pause: its owner, and whoever guessed.",
        "Sessions go on as they are, and the password stays the same.",
        is_grave=False,
    )


def end_session(asked: Asked) -> Question:
    """Return the question before one session ends."""
    session = _session(asked)
    is_own = session.id == asked.operator.session_id
    return asked.question(
        f"Sign {asked.name} out of {session.device_name or 'this device'}?",
        "End the session",
        "Whoever uses it has to sign in again. What applications were granted in it ends too.",
        "This is the session that you are in." if is_own else "",
    )


def end_sessions(asked: Asked) -> Question:
    """Return the question before all sessions end."""
    return asked.question(
        f"Sign {asked.name} out everywhere?",
        "End every session",
        _ending(asked),
        "Whoever knows the password can sign in again. To keep somebody out, disable the account.",
        "Yours are among them: you are signed out here too." if asked.is_self else "",
    )


def grant(asked: Asked) -> Question:
    """Return the question before a role is granted."""
    role = check_role(asked.target, pointer="/target")
    is_operator = role == OPERATOR
    return asked.question(
        f"Grant {role} to {asked.name}?",
        "Grant the role",
        "They can open this console and do all that it can do, to every account and application."
        if is_operator
        else "",
        "Applications and guarded hosts that ask for this role let them in." if not is_operator else "",
        "It counts from the next sign-in on."
        if is_operator
        else "It counts at once, and in tokens from the next one on.",
        is_grave=is_operator,
    )


def revoke(asked: Asked) -> Question:
    """Return the question before a role is taken away."""
    if asked.target not in asked.seen.roles:
        raise NotFound
    is_operator = asked.target == OPERATOR
    return asked.question(
        f"Take {asked.target} away from {asked.name}?",
        "Take the role away",
        "This console is closed to them at once, and so is operating by scripts." if is_operator else "",
        "Applications and guarded hosts that ask for this role turn them away." if not is_operator else "",
        "This is your own role. Only another operator can give it back." if is_operator and asked.is_self else "",
    )


def revoke_application(asked: Asked) -> Question:
    """Return the question before a consent is taken back."""
    application = _application(asked)
    return asked.question(
        f"Take back what {asked.name} allowed {application.client.name}?",
        "Take it back",
        f"{application.client.name} is signed out for this account, and whatever it holds is worthless.",
        "It has to ask them anew." if not application.client.is_first_party else "",
        "It belongs to this deployment, so it is let in again without a question."
        if application.client.is_first_party
        else "",
    )


def _ending(asked: Asked) -> str:
    """Return how much ends, in words."""
    devices, applications = len(asked.seen.sessions), len(asked.seen.applications)
    if not devices and not applications:
        return "It is signed in nowhere now."
    more = "or more " if devices >= LISTED else ""
    ending = f"Its sessions on {_number(devices, 'device', f'{more}devices')} end at once"
    if not applications:
        return f"{ending}."
    return f"{ending}, and so does what {_number(applications, 'application', 'applications')} may do for it."


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _session(asked: Asked) -> Session:
    found = next((each for each in asked.seen.sessions if each.id == asked.target), None)
    if found is None:
        raise NotFound
    return found


def _application(asked: Asked) -> Application:
    found = next((each for each in asked.seen.applications if each.client.id == asked.target), None)
    if found is None:
        raise NotFound
    return found
