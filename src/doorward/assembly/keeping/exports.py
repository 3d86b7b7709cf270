"""What subjects above tell of an account to its owner."""

from collections.abc import Mapping
from typing import Protocol

from doorward.core.accounts.ports import Exports
from doorward.core.federation.identities import ExportIdentities
from doorward.core.federation.ports import HasIdentities
from doorward.core.files.own_files import ExportFiles
from doorward.core.files.ports import HasFiles
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.export_applications import ApplicationsView, ExportApplications


class ExportedWork(ApplicationsView, HasIdentities, HasFiles, Protocol):
    """What is told of an account beside itself."""


def exports_of(view: OpensView[ExportedWork]) -> Mapping[str, Exports]:
    """Return what is told, by the name that it has in the document."""
    return {
        "applications": ExportApplications(view),
        "ways_in": ExportIdentities(view),
        "files": ExportFiles(view),
    }
