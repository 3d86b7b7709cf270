"""How a one-time artefact is refused."""

from doorward.core.kernel.errors import Malformed


class LinkRefused(Malformed):
    """The link or code is unknown, used, expired, or was made for something else."""

    code = "TOKEN_INVALID"
    detail = "This link or code does not work: it may have been used already, or be too old. Ask for a new one."
