"""Which applications may ask people to sign in, without an operator."""

from pydantic import Field

from doorward.core.oauth.clients.records import Registering
from doorward.settings.sections.section import Section


class ClientsSettings(Section):
    """Which applications may ask people to sign in, without an operator."""

    client_registration: Registering = Field(
        Registering.CLOSED,
        description=(
            "Who may register an application at /oauth/register: closed (nobody), token (who has one of "
            "`doorward clients registration-token`), or open (anybody)."
        ),
    )
    client_metadata_documents: bool = Field(
        default=False,
        description="Whether an https address may be the id of a client, which the document there then describes.",
    )
