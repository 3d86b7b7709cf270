"""Numbers in base 32, written two letters at a time: a table of 1,024 pairs takes half as long as 32 letters do."""


def pairs_of(alphabet: str) -> tuple[str, ...]:
    """Return every two letters of an alphabet of 32, in order."""
    return tuple(first + second for first in alphabet for second in alphabet)


def spelled(number: int, letters: int, pairs: tuple[str, ...]) -> str:
    """Return a number in so many letters, five bits each, the highest first."""
    is_odd = letters % 2
    number <<= 5 * is_odd
    highest = 5 * (letters + is_odd) - 10
    return "".join([pairs[number >> shift & 1023] for shift in range(highest, -1, -10)])[:letters]
