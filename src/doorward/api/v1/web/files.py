"""What somebody gives to keep, sent and had back from a browser."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.files import tus
from doorward.api.files.taking import keeping
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.v1 import kept
from doorward.api.v1.kept import After, KeptFile, KeptFiles, Size
from doorward.api.v1.web.needs import NeedsWebSession

router = APIRouter(prefix="/v1/web", tags=[RouteClass.WEB])


@router.get("/files")
async def list_files(session: NeedsWebSession, doors: NeedsDoors, after: After = None, size: Size = 50) -> KeptFiles:
    """List the files of the account, the oldest first."""
    return await kept.list_kept(doors, session, after=after, size=size)


@router.options("/files", status_code=204, response_class=Response, include_in_schema=False)
async def show_abilities(doors: NeedsDoors) -> Response:
    """Tell what of the tus protocol is spoken here."""
    return tus.capabilities(keeping(doors).max_bytes)


@router.post("/files", status_code=201, response_class=Response)
async def begin_upload(request: Request, session: NeedsWebSession, visit: NeedsVisit) -> Response:
    """Begin an upload (tus 1.0.0): `Upload-Length`, and `Upload-Metadata` with a `filename`. The body may hold bytes.

    The answer's `Location` takes the rest.
    """
    return await kept.begin_upload(visit, session, request)


@router.get("/files/uploads/{upload_id}", response_class=Response)
async def see_upload(upload_id: str, request: Request, session: NeedsWebSession, visit: NeedsVisit) -> Response:
    """Tell where an upload stands, in header fields alone: ask with HEAD (tus 1.0.0)."""
    return await kept.see_upload(visit, session, upload_id, request)


@router.patch("/files/uploads/{upload_id}", status_code=204, response_class=Response)
async def append_to_upload(upload_id: str, request: Request, session: NeedsWebSession, visit: NeedsVisit) -> Response:
    """Send the next bytes of an upload, from `Upload-Offset` on (tus 1.0.0). With the last one it becomes a file."""
    return await kept.append_to_upload(visit, session, upload_id, request)


@router.delete("/files/uploads/{upload_id}", status_code=204)
async def drop_upload(upload_id: str, session: NeedsWebSession, visit: NeedsVisit) -> None:
    """Give an upload up (tus 1.0.0)."""
    await kept.drop_upload(visit, session, upload_id)


@router.get("/files/{file_id}")
async def show_file(file_id: str, session: NeedsWebSession, doors: NeedsDoors) -> KeptFile:
    """Show one file, with a link to its bytes that is good for five minutes."""
    return await kept.show_kept(doors, session, file_id)


@router.delete("/files/{file_id}", status_code=204)
async def remove_file(file_id: str, session: NeedsWebSession, doors: NeedsDoors) -> None:
    """Remove a file. Links to it lead nowhere at once."""
    await kept.remove_kept(doors, session, file_id)


@router.get("/avatar")
async def show_avatar(session: NeedsWebSession, doors: NeedsDoors) -> KeptFile:
    """Show the picture of the account, with a link to it that is good for an hour at least."""
    return await kept.show_avatar(doors, session)


@router.put("/avatar")
async def put_avatar(request: Request, session: NeedsWebSession, visit: NeedsVisit) -> KeptFile:
    """Set the picture of the account: the body is a PNG, JPEG or WebP of at most 10 MiB. It is made anew as WebP."""
    return await kept.put_avatar(visit, session, request)


@router.delete("/avatar", status_code=204)
async def remove_avatar(session: NeedsWebSession, doors: NeedsDoors) -> None:
    """Remove the picture of the account."""
    await kept.remove_avatar(doors, session)
