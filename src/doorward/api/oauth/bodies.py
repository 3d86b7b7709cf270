"""What an application is answered when it is refused, as the OpenAPI document describes it."""

from pydantic import BaseModel

from doorward.core.oauth.errors import OAuthCode


class OAuthErrorAnswer(BaseModel):
    """A refusal (RFC 6749 section 5.2). The description is for whoever wrote the application."""

    error: OAuthCode
    error_description: str
