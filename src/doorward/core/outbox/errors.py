"""How a delivery fails."""


class DeliveryFailed(Exception):
    """The other side did not take what was delivered; it is tried again later. The text holds no secret."""


class DeliveryRefused(DeliveryFailed):
    """The other side will never take it, however often it is tried."""
