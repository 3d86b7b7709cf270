"""Other servers, for tests: what they are sent is kept, and what they answer is set."""

from collections.abc import Collection, Mapping

from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched, Web


class Wire(Web):
    """Keeps the forms that are posted, and answers each with the same status; nothing can be got."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Collection[str], Mapping[str, str] | None]] = []
        self.posted: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        self.failure: NotFetched | None = None

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        self.asked.append(("GET", url, accepts, headers))
        raise NotFetched(Failure.CONNECTION, "nothing can be got here")

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        self.asked.append(("POST", url, accepts, headers))
        self.posted.append((url, dict(form)))
        if self.failure is not None:
            raise self.failure
        return Fetched(self.status, "", b"")
