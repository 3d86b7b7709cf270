"""By what something is remembered that others made and that may be seen once."""

from doorward.core.kernel.secrets import digest as digest_of
from doorward.core.onetime.records import Purpose


def spent_key(purpose: Purpose, digest: bytes) -> bytes:
    """Return the digest that a spent one is kept by: another for each purpose, so that none stands for another."""
    return digest_of(purpose.encode() + b":" + digest)
