"""What is said of clients of which nobody has said yet for which APIs they answer."""

from collections.abc import Sequence
from typing import Final

from doorward.core.oauth.records import Client
from doorward.settings.problems import Problem

_NAMED: Final = 5


def unsaid_problem(clients: Sequence[Client]) -> Problem:
    """Return what is to be done about such clients, of which there is at least one."""
    named = ", ".join(client.id for client in clients[:_NAMED])
    more = f" and {len(clients) - _NAMED} more" if len(clients) > _NAMED else ""
    first = clients[0]
    what = f"For which APIs these clients answer, nobody has said: {named}{more}."
    why = "They introspect and exchange none but their own tokens; a program before took their resources for it."
    remedy = (
        f"If {first.id} is the API itself, run: doorward clients set-audiences {first.id} {first.resources[0]}; "
        f"if it only calls it, run: doorward clients set-audiences {first.id}"
    )
    return Problem(what, why, remedy)
