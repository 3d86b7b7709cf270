"""What people may give to keep, and where it is kept."""

import re
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from doorward.core.files.rules import DEFAULT_TYPES, TYPES
from doorward.settings.sections.section import Section, Words, split_url

_PLACES: Final = frozenset({"file", "s3"})
_WEB: Final = frozenset({"http", "https"})
_PORTS: Final = {"http": 80, "https": 443}
_SCANNERS: Final = frozenset({"clamav"})
_LOCATION: Final = re.compile(r"/(?:[A-Za-z0-9._~-]+/)+")
_MEBIBYTE: Final = 1 << 20


class FilesSettings(Section):
    """What people may give to keep, and where it is kept."""

    files_url: SecretStr = Field(
        SecretStr(""),
        description="Where the bytes of files lie: file:///FOLDER, or s3://BUCKET/PREFIX; "
        "the folder files in data_dir by default.",
    )
    files_origin: str | None = Field(
        None,
        description="The origin that kept files are served at, another than the issuer's: https://HOST. Without one "
        "nothing is kept. An issuer at http://localhost has the same port at 127.0.0.1 by default.",
    )
    files_max_bytes: int = Field(
        100 * _MEBIBYTE, ge=1, le=1 << 40, description="The most bytes of one file that somebody keeps."
    )
    files_quota_bytes: int = Field(
        1024 * _MEBIBYTE, ge=1, le=1 << 50, description="The most bytes that all files of one account may have."
    )
    files_types: Annotated[tuple[str, ...], Words] = Field(
        DEFAULT_TYPES,
        description=f"The media types that files may have, told by their first bytes: of {', '.join(sorted(TYPES))}.",
    )
    files_scan_url: str | None = Field(
        None, description="The scanner for viruses: clamav://HOST:PORT; nothing is scanned by default."
    )
    files_accel: str | None = Field(
        None,
        description="The internal location of an nginx that serves the folder of files in our place, such as "
        "/kept-files/; the server sends the bytes itself by default.",
    )

    @field_validator("files_url")
    @classmethod
    def _check_place(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if not text:
            return url
        parts = split_url(text, schemes=_PLACES)
        if parts.scheme == "file" and (parts.netloc or len(parts.path) < 2 or parts.query or parts.fragment):  # noqa: PLR2004 (a slash and a name)
            raise ValueError("a folder is file:///FOLDER, with three slashes")
        if parts.scheme == "s3" and not parts.hostname:
            raise ValueError("a bucket is s3://BUCKET, with a prefix and options if need be")
        return url

    @field_validator("files_origin")
    @classmethod
    def _check_origin(cls, origin: str | None) -> str | None:
        if origin is None:
            return None
        parts = split_url(origin, schemes=_WEB)
        if not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            raise ValueError("an origin is https://HOST or https://HOST:PORT; no path, and no slash at the end")
        if parts.port == _PORTS[parts.scheme]:
            raise ValueError(f"browsers leave :{parts.port} out, and so does an origin")
        return origin.lower()

    @field_validator("files_types")
    @classmethod
    def _check_types(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(types) - set(TYPES))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} cannot be told by the first bytes")
        return types

    @field_validator("files_scan_url")
    @classmethod
    def _check_scanner(cls, url: str | None) -> str | None:
        if url is not None:
            parts = split_url(url, schemes=_SCANNERS)
            if not parts.hostname or parts.port is None or parts.path or parts.query or parts.username is not None:
                raise ValueError("a scanner is clamav://HOST:PORT, and nothing else")
        return url

    @field_validator("files_accel")
    @classmethod
    def _check_location(cls, location: str | None) -> str | None:
        if location is not None and not _LOCATION.fullmatch(location):
            raise ValueError("a location is a path such as /kept-files/, with a slash at both ends")
        return location
