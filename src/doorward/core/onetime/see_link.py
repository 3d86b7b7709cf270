"""Looking whether a link would work."""

from collections.abc import Collection
from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose


@dataclass(frozen=True, slots=True)
class SeeLink:
    """Tell whether a link would work now, and leave it as it is: what a page shows before its button is pressed."""

    view: OpensView[HasOneTimes]
    mint: Mint
    clock: Clock

    def __call__(self, token: str, purposes: Collection[Purpose]) -> bool:
        """Look. A token that was not made here, or for something else than `purposes`, is refused without a read."""
        opened = self.mint.open(token)
        if opened is None or opened[0] not in purposes:
            return False
        with self.view() as work:
            return work.onetimes.peek(*opened, now=self.clock.now()) is not None
