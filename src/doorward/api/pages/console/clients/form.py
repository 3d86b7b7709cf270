"""What is typed into the form of a client, and what is kept of one, in each other's terms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import ValidationError

from doorward.api.pages.forms import Errors
from doorward.api.v1.admin.client_bodies import ClientBody, ClientChangeBody
from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType

TYPES: Final = (
    (ClientType.WEB, "Web: runs on a server that keeps a secret"),
    (ClientType.SPA, "Page: runs in a browser, keeps no secret"),
    (ClientType.NATIVE, "App: runs on a device, keeps no secret"),
    (ClientType.SERVICE, "Service: acts for itself, for nobody else"),
)
AUTHENTICATIONS: Final = (
    ("", "As its type does by default"),
    (ClientAuthentication.SECRET_BASIC, "A secret, in the Authorization header"),
    (ClientAuthentication.SECRET_POST, "A secret, in the body"),
    (ClientAuthentication.PRIVATE_KEY, "A key of its own (private_key_jwt)"),
    (ClientAuthentication.NONE, "Nothing: it is public"),
)
GRANTS: Final = (
    (GrantType.AUTHORIZATION_CODE, "Signing in through a browser"),
    (GrantType.REFRESH_TOKEN, "Going on without asking again"),
    (GrantType.CLIENT_CREDENTIALS, "Acting for itself"),
    (GrantType.DEVICE_CODE, "Signing in on a device without a browser"),
    (GrantType.TOKEN_EXCHANGE, "Exchanging a token that was sent to it"),
)
_TEXTS: Final = ("backchannel_logout_uri", "jwks", "jwks_uri", "sector", "client_uri", "logo_uri", "policy_uri")
TEXTS: Final = (*_TEXTS, "tos_uri")
"""What may stay empty, which is none."""

LISTS: Final = ("redirect_uris", "post_logout_redirect_uris", "resources", "audiences", "contacts")
"""What is typed one a line."""

TICKS: Final = (
    "is_first_party",
    "is_pairwise",
    "requires_pushed_request",
    "requires_dpop",
    "uses_refresh_cookie",
)
_TOO_MUCH: Final = "There is more here than is taken, or something that cannot be."

BodyT = TypeVar("BodyT", ClientBody, ClientChangeBody)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of a client as it is shown: its texts by name, and what is ticked."""

    texts: Mapping[str, str]
    ticked: Collection[str]

    @classmethod
    def blank(cls) -> "Sheet":
        """Return the form of a client that is to be added."""
        names = ("id", "name", "authentication", "scopes", *LISTS, *TEXTS)
        return cls({**dict.fromkeys(names, ""), "type": ClientType.WEB.value}, frozenset())

    @classmethod
    def of(cls, client: Client) -> "Sheet":
        """Return the form of a client that there is."""
        texts = {name: getattr(client, name) or "" for name in TEXTS}
        lists = {name: "\n".join(getattr(client, name) or ()) for name in LISTS}
        own = {
            "id": client.id,
            "name": client.name,
            "type": client.type.value,
            "authentication": client.authentication.value,
            "scopes": " ".join(client.scopes),
        }
        ticked = [name for name in TICKS if getattr(client, name)]
        return cls({**own, **texts, **lists}, frozenset({*ticked, *(grant_name(each) for each in client.grants)}))

    @classmethod
    def typed(cls, form: Mapping[str, str]) -> "Sheet":
        """Return the form as it was sent."""
        blank = cls.blank().texts
        texts = {name: form.get(name, value) for name, value in blank.items()}
        ticked = {name for name in (*TICKS, *(grant_name(each) for each, _ in GRANTS)) if form.get(name)}
        return cls(texts, frozenset(ticked))

    def to_add(self) -> ClientBody:
        """Return what is asked for; what is left empty is as the type has it by default.

        Raises: Invalid.
        """
        chosen = {
            "id": self.texts["id"].strip() or None,
            "type": self.texts["type"],
            "authentication": self.texts["authentication"] or None,
            "grants": self._grants() or None,
            "scopes": self.texts["scopes"].split() or None,
        }
        return _checked(ClientBody, {**self._common(), **chosen})

    def to_change(self) -> ClientChangeBody:
        """Return what the client is to be.

        Raises: Invalid.
        """
        chosen = {
            "authentication": self.texts["authentication"],
            "grants": self._grants(),
            "scopes": self.texts["scopes"].split(),
        }
        return _checked(ClientChangeBody, {**self._common(), **chosen})

    def _common(self) -> dict[str, object]:
        lists = {name: [line.strip() for line in self.texts[name].splitlines() if line.strip()] for name in LISTS}
        texts = {name: self.texts[name].strip() or None for name in TEXTS}
        ticks = {name: name in self.ticked for name in TICKS}
        return {"name": self.texts["name"].strip(), **lists, **texts, **ticks}

    def _grants(self) -> list[str]:
        return [grant.value for grant, _ in GRANTS if grant_name(grant) in self.ticked]


def grant_name(grant: GrantType) -> str:
    """Return the name of the box that a grant is ticked in."""
    return f"grant_{grant.name.lower()}"


def errors_in(refusal: Invalid) -> Errors:
    """Return where on the form a refusal is shown: at the control whose field, or a part of it, it points at."""
    _, control, *_ = (*refusal.pointer.split("/"), "")
    return {control or "form": refusal.reason}


def _checked(body: type[BodyT], fields: Mapping[str, object]) -> BodyT:
    try:
        return body.model_validate(fields)
    except ValidationError as error:
        raise Invalid(f"/{error.errors()[0]['loc'][0]}", _TOO_MUCH) from None
