"""What is kept for people, as it goes over the wire, and the requests that browsers and apps make alike."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.doors import Doors
from doorward.api.files import tus
from doorward.api.files.taking import declared_size, keeping, take_upload, whole_body
from doorward.api.limits import spend
from doorward.api.v1.bodies import AnswerBody
from doorward.api.visit import Visit
from doorward.core.files.own_files import Shelf
from doorward.core.files.records import AVATAR_MAX_BYTES, File, FileId, Progress
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import is_id
from doorward.core.kernel.pages import MAX_PAGE_SIZE
from doorward.core.limits.records import limit
from doorward.core.sessions.records import Snapshot

After = Annotated[
    str | None, Query(pattern=r"^[0-9a-z]{26}$", description="The id of the last file of the page before.")
]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE, description="How many files a page holds.")]


class KeptFile(AnswerBody):
    """A file, with a link to its bytes that is good for five minutes."""

    id: str
    name: str = Field(examples=["report.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size_bytes: int
    sha256: str
    created_at: datetime
    url: str

    @classmethod
    def of(cls, doors: Doors, file: File) -> "KeptFile":
        """Return a file as it is shown to its owner."""
        return cls(
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            size_bytes=file.size,
            sha256=file.sha256.hex(),
            created_at=file.created_at,
            url=doors.flows.files.links.to(file, now=doors.clock.now()),
        )


class KeptFiles(AnswerBody):
    """A page of files, where to go on, and how much of the quota is taken."""

    files: list[KeptFile]
    next_after: str | None
    used_bytes: int
    quota_bytes: int

    @classmethod
    def of(cls, doors: Doors, shelf: Shelf) -> "KeptFiles":
        """Return a page as it is shown to the owner of the files."""
        files = [KeptFile.of(doors, file) for file in shelf.page.items]
        return cls(
            files=files,
            next_after=shelf.page.next_after,
            used_bytes=shelf.used_bytes,
            quota_bytes=shelf.quota_bytes,
        )


async def list_kept(doors: Doors, snapshot: Snapshot, *, after: str | None, size: int) -> KeptFiles:
    """Return a page of somebody's files.

    Raises: FilesOff.
    """
    keeping(doors)
    shelf = await doors.lanes.main(doors.flows.files.list, snapshot.profile.id, after=after, size=size)
    return KeptFiles.of(doors, shelf)


async def show_kept(doors: Doors, snapshot: Snapshot, presented: str) -> KeptFile:
    """Return one of somebody's files.

    Raises: FilesOff, NotFound.
    """
    keeping(doors)
    file = await doors.lanes.main(doors.flows.files.show, snapshot.profile.id, file_id(presented))
    return KeptFile.of(doors, file)


async def remove_kept(doors: Doors, snapshot: Snapshot, presented: str) -> None:
    """Remove one of somebody's files.

    Raises: FilesOff, NotFound.
    """
    keeping(doors)
    await doors.lanes.files(doors.flows.files.remove, snapshot.profile.id, file_id(presented))


async def begin_upload(visit: Visit, snapshot: Snapshot, request: Request) -> Response:
    """Begin an upload, and take the bytes that come along.

    Raises: FilesOff, VersionRefused, UploadMalformed, ContentTypeRefused; what beginning and appending raise.
    """
    doors, flows = visit.doors, visit.doors.flows.files
    keeping(doors)
    tus.require_version(visit)
    owner, size, sums = snapshot.profile.id, declared_size(visit), tus.checksum(visit)
    name, length = tus.file_name(visit), tus.number(visit, b"upload-length")
    has_body = size != 0 and b"content-type" in visit.headers
    if has_body:
        tus.require_bytes(visit)
    upload = await doors.lanes.files(flows.begin, owner, length=length, name=name)
    place = _place(doors, request)
    visit.added_headers.append((b"location", f"{place}/uploads/{upload.id}".encode()))
    progress = Progress(0, length, upload.expires_at)
    if has_body:
        begin = partial(flows.append, owner, upload.id, offset=0, size=size, checksum=sums)
        progress = await take_upload(visit, snapshot, request.receive, begin)
    return tus.stands(progress, place, status=201)


async def append_to_upload(visit: Visit, snapshot: Snapshot, presented: str, request: Request) -> Response:
    """Take more bytes of an upload.

    Raises: FilesOff, VersionRefused, UploadMalformed, ContentTypeRefused; what appending raises.
    """
    keeping(visit.doors)
    tus.require_version(visit)
    tus.require_bytes(visit)
    begin = partial(
        visit.doors.flows.files.append,
        snapshot.profile.id,
        file_id(presented),
        offset=tus.number(visit, b"upload-offset"),
        size=declared_size(visit),
        checksum=tus.checksum(visit),
    )
    progress = await take_upload(visit, snapshot, request.receive, begin)
    return tus.stands(progress, _place(visit.doors, request))


async def see_upload(visit: Visit, snapshot: Snapshot, presented: str, request: Request) -> Response:
    """Tell where an upload stands.

    Raises: FilesOff, VersionRefused, NotFound.
    """
    keeping(visit.doors)
    tus.require_version(visit)
    progress = await visit.doors.lanes.files(visit.doors.flows.files.see, snapshot.profile.id, file_id(presented))
    return tus.stands(progress, _place(visit.doors, request), status=200)


async def drop_upload(visit: Visit, snapshot: Snapshot, presented: str) -> None:
    """Give an upload up.

    Raises: FilesOff, VersionRefused, NotFound.
    """
    keeping(visit.doors)
    tus.require_version(visit)
    await visit.doors.lanes.files(visit.doors.flows.files.drop, snapshot.profile.id, file_id(presented))


async def show_avatar(doors: Doors, snapshot: Snapshot) -> KeptFile:
    """Return the picture of an account.

    Raises: FilesOff, NotFound.
    """
    keeping(doors)
    file = await doors.lanes.main(doors.flows.files.show_avatar, snapshot.profile.id)
    if file is None:
        raise NotFound
    return KeptFile.of(doors, file)


async def put_avatar(visit: Visit, snapshot: Snapshot, request: Request) -> KeptFile:
    """Set the picture of an account to what the body holds.

    Raises: FilesOff, TooMany, TooLarge, PictureRefused, BodyTooSlow.
    """
    doors = visit.doors
    keeping(doors)
    await spend(visit, limit("avatar"), snapshot.profile.id)
    async with whole_body(visit, snapshot, request.receive, most=AVATAR_MAX_BYTES) as source:
        file = await set_avatar(doors, snapshot, source)
    return KeptFile.of(doors, file)


async def set_avatar(doors: Doors, snapshot: Snapshot, source: bytes) -> File:
    """Set the picture of an account, unless its session ends while the picture is made smaller.

    Raises: TooLarge, PictureRefused, NotSignedIn.
    """
    still_lives = partial(doors.flows.recognise.live, snapshot.session_id, snapshot.kind)
    return await doors.lanes.files(doors.flows.files.put_avatar, snapshot.profile.id, source, before=still_lives)


async def remove_avatar(doors: Doors, snapshot: Snapshot) -> None:
    """Remove the picture of an account.

    Raises: FilesOff, NotFound.
    """
    keeping(doors)
    await doors.lanes.files(doors.flows.files.remove_avatar, snapshot.profile.id)


def file_id(presented: str) -> FileId:
    """Return the id that a path names.

    Raises: NotFound, when it has not the shape of one.
    """
    if not is_id(presented):
        raise NotFound
    return FileId(presented)


def _place(doors: Doors, request: Request) -> str:
    """Return where files are found, as whoever asks calls it."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return f"{doors.issuer}{path.partition('/uploads/')[0]}"
