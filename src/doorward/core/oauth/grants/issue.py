"""Making the tokens of one answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.core.kernel.ids import new_id
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.grants.narrow import Part
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client, Grant
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.subjects import Subjects
from doorward.core.oauth.tokens import person
from doorward.core.oauth.tokens.id_token import ID_TOKEN_TYPE, SignedIn, id_token
from doorward.core.oauth.tokens.kinds import BEARER, DPOP
from doorward.core.sessions.records import LIFETIMES, Kind, Profile, Session


@dataclass(frozen=True, slots=True)
class Grounds:
    """What tokens are made on: a session of a client, what it was granted, and whose it is, as they are now."""

    client: Client
    session: Session
    grant: Grant
    profile: Profile


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one answer holds. `nonce` is that of the sign-in, where it is answered for the first time."""

    scopes: tuple[str, ...]
    part: Part
    key_thumbprint: str | None
    refresh_token: str | None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class IssueTokens:
    """Signs what goes with a session of a client. Call it when the session is durable, never before."""

    keyring: Keyring
    subjects: Subjects

    def __call__(self, grounds: Grounds, wanted: Wanted, *, now: datetime) -> Issued:
        """Return the tokens.

        Raises: Unavailable, when no key may sign yet.
        """
        life = min(LIFETIMES[Kind.CLIENT].access_token, grounds.session.expires_at - now)
        access_token = self.keyring.sign(self._access_token(grounds, wanted, life=life, now=now))
        has_id_token = scopes.OPENID in wanted.scopes
        return Issued(
            access_token=access_token,
            token_type=DPOP if wanted.key_thumbprint else BEARER,
            expires_in=life,
            scope=scopes.join(wanted.scopes),
            refresh_token=wanted.refresh_token,
            id_token=self._id_token(grounds, wanted, access_token=access_token, now=now) if has_id_token else None,
            details=wanted.part.details,
        )

    def _access_token(self, grounds: Grounds, wanted: Wanted, *, life: timedelta, now: datetime) -> AccessToken:
        client, session, grant = grounds.client, grounds.session, grounds.grant
        tells_roles = client.is_first_party or scopes.ROLES in wanted.scopes
        return AccessToken(
            issuer=self.keyring.issuer,
            subject=self.subjects.of(client, session.account_id),
            audience=wanted.part.audience,
            client_id=client.id,
            session_id=session.id,
            token_id=new_id(now),
            scope=scopes.join(wanted.scopes),
            issued_at=now,
            expires_at=now + life,
            authenticated_at=session.authenticated_at,
            key_thumbprint=wanted.key_thumbprint,
            acr=grant.acr,
            amr=grant.amr,
            roles=grounds.profile.roles if tells_roles else (),
            details=wanted.part.details,
        )

    def _id_token(self, grounds: Grounds, wanted: Wanted, *, access_token: str, now: datetime) -> str:
        client, session, grant = grounds.client, grounds.session, grounds.grant
        names = person.asked_for(grant.claims, "id_token")
        signed_in = SignedIn(
            issuer=self.keyring.issuer,
            subject=self.subjects.of(client, session.account_id),
            client_id=client.id,
            session_id=session.id,
            authenticated_at=session.authenticated_at,
            acr=grant.acr,
            amr=grant.amr,
        )
        about = person.by_name(grounds.profile, scopes=client.scopes, names=names)
        claims = id_token(signed_in, access_token=access_token, nonce=wanted.nonce, about=about, now=now)
        return self.keyring.sign_claims(ID_TOKEN_TYPE, claims, client.id_token_algorithm)
