"""How keeping a file is refused."""

from doorward.core.kernel.errors import Conflict, Malformed, Refusal


class TooLarge(Refusal):
    """The file is larger than one may be."""

    code = "PAYLOAD_TOO_LARGE"
    detail = "This file is too large."


class QuotaExceeded(Refusal):
    """The account has no room left for the file."""

    code = "QUOTA_EXCEEDED"
    detail = "There is no room left for this file. Remove another one first."


class TypeRefused(Malformed):
    """The bytes are of no type that is taken, whatever was said of them."""

    code = "FILE_TYPE_REFUSED"
    detail = "Files of this type are not kept."


class PictureRefused(Malformed):
    """The bytes are no picture that can be read, or one with too many pixels."""

    code = "PICTURE_REFUSED"
    detail = "This is not a picture that can be used. Choose a PNG, JPEG or WebP of a common size."


class Infected(Malformed):
    """The scanner found something in the bytes."""

    code = "FILE_INFECTED"
    detail = "This file was refused by the scanner for viruses."


class ChecksumMismatch(Malformed):
    """The bytes that came are not those that were sent.

    Source: tus 1.0.0, Checksum.
    """

    code = "CHECKSUM_MISMATCH"
    detail = "The bytes were changed on the way. Send them again."


class OffsetMismatch(Conflict):
    """The upload stands somewhere else than where the bytes begin."""

    code = "UPLOAD_OFFSET_MISMATCH"
    detail = "The upload stands elsewhere. Ask where it stands, and go on from there."


class StorageFull(Refusal):
    """There is no room for the bytes where they are kept; nothing of them is."""

    code = "STORAGE_FULL"
    detail = "There is no room for files at the moment."
