"""How long a fresh twin takes: the server in memory that tests of adopters stand on, in milliseconds."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from doorward.testing.twin import Twin

ROUNDS = 20


def main() -> None:
    """Print the medians over some rounds; the first server of the process is told apart."""
    first, *rounds = [measured() for _ in range(ROUNDS + 1)]
    print(f"first server of the process  {first[0]:8.1f} ms")
    names = ("fresh server", "account", "browser signed in", "app signed in", "close")
    for name, column in zip(names, zip(*rounds, strict=True), strict=True):
        print(f"{name:27}  {median(column):8.1f} ms, from {min(column):.1f} to {max(column):.1f}")


def measured() -> list[float]:
    """Return what each step of one test takes."""
    twin = Twin()
    opened = timed(lambda: twin.issuer)
    owner = []
    added = timed(lambda: owner.append(twin.account()))
    web = timed(lambda: twin.web(owner[0]))
    mobile = timed(lambda: twin.mobile(owner[0]))
    return [opened, added, web, mobile, timed(twin.close)]


def timed(step: Callable[[], object]) -> float:
    """Return how many milliseconds a step takes."""
    begun = perf_counter()
    step()
    return (perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
