"""What is refused to gateways before anybody is looked at. All of it means that the gateway is not set up right."""

from doorward.core.kernel.errors import Forbidden


class GatewayNotTrusted(Forbidden):
    """Whoever asks is none of the trusted proxies, so what it says of a request counts for nothing."""

    code = "GATEWAY_NOT_TRUSTED"
    detail = "Only a gateway may ask this. Name its network in trusted_proxies."


class ForwardedUnreadable(Forbidden):
    """The gateway does not say what the request is about, or in two ways at once.

    Source: OWASP ASVS 5.0, 4.1.3 and 4.2.1 (what intermediaries set must not come from the client).
    """

    code = "FORWARDED_UNREADABLE"
    detail = "The gateway's header fields do not say in one way which request this is about. See the guide of gateways."


class HostNotProtected(Forbidden):
    """The request is about a host that is not guarded here."""

    code = "HOST_NOT_PROTECTED"
    detail = "This host is not guarded here. Name it in protected_hosts."


class PathOfOurs(Forbidden):
    """The gateway asks about a path of this server itself: whoever is sent to sign in there would go in circles."""

    code = "PATH_NOT_GUARDED"
    detail = "The gateway must lead this path to the server without asking first."


class CredentialsMixed(Forbidden):
    """A request brings a session and an Authorization header at once, so two readers could take it for two callers."""

    code = "CREDENTIALS_MIXED"
    detail = "The request brings a cookie and an Authorization header. Send one of them."
