"""Types by first bytes, names, what counts, and how parts fit together."""

import pytest

from doorward.core.files.records import FileId, Key, Part
from doorward.core.files.rules import (
    DEFAULT_TYPES,
    ENDINGS,
    NAME_BYTES,
    PICTURE_TYPES,
    TYPES,
    charge,
    clean_name,
    name_of_type,
    pieces,
    sniff,
    standing,
)
from tests.builders import an_upload

HEADS = {
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/gif": b"GIF89a\x01\x00\x01\x00",
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3",
    "application/zip": b"PK\x03\x04\x14\x00",
    "application/gzip": b"\x1f\x8b\x08\x00",
    "video/mp4": b"\x00\x00\x00\x20ftypisom",
}


def test_tables_know_the_same_types() -> None:
    assert set(TYPES) == set(ENDINGS) == set(HEADS)
    assert set(DEFAULT_TYPES) | set(PICTURE_TYPES) <= set(TYPES)


@pytest.mark.parametrize("media_type", HEADS)
def test_sniff_first_bytes_tell_the_type_if_it_is_taken(media_type: str) -> None:
    others = [name for name in TYPES if name != media_type]

    assert sniff(HEADS[media_type], TYPES) == media_type
    assert sniff(HEADS[media_type], others) is None
    assert sniff(b" " + HEADS[media_type], TYPES) is None


@pytest.mark.parametrize("head", [b"", b"<", b"<svg ", b"#!/bin/sh", b"MZ\x90", b"\x7fELF", b"{}", b"PK\x01\x02"])
def test_sniff_anything_else_is_nothing(head: bytes) -> None:
    assert sniff(head, TYPES) is None


@pytest.mark.parametrize(
    ("presented", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.png", "a.png"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe", "agnp.exe"),
        ("zero\N{ZERO WIDTH SPACE}width", "zerowidth"),
        ("a\x00b\nc\x7f", "abc"),
        ('quote"and<tag>', "quote_and_tag_"),
        ("  many \t  blanks  ", "many blanks"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
        ("\ud800", "file"),
        ("e\N{COMBINING ACUTE ACCENT}.pdf", "\N{LATIN SMALL LETTER E WITH ACUTE}.pdf"),
    ],
)
def test_clean_name_leaves_what_can_be_seen_and_no_path(presented: str, name: str) -> None:
    assert clean_name(presented) == name


def test_clean_name_is_cut_between_letters() -> None:
    name = clean_name("\N{GREEK SMALL LETTER PI}" * NAME_BYTES)

    assert name == "\N{GREEK SMALL LETTER PI}" * (NAME_BYTES // 2)


@pytest.mark.parametrize(
    ("name", "media_type", "ends"),
    [
        ("a.pdf", "application/pdf", "a.pdf"),
        ("a.PDF", "application/pdf", "a.PDF"),
        ("a.html", "application/pdf", "a.html.pdf"),
        ("pdf", "application/pdf", "pdf.pdf"),
        (".pdf", "application/pdf", ".pdf.pdf"),
        ("letter.docx", "application/zip", "letter.docx"),
        ("a.svg", "image/png", "a.svg.png"),
    ],
)
def test_name_of_type_ends_as_the_type_does(name: str, media_type: str, ends: str) -> None:
    assert name_of_type(name, media_type) == ends


def test_charge_even_nothing_counts_for_something() -> None:
    assert [charge(size) for size in (1, 4096, 4097)] == [4096, 4096, 4097]


def test_standing_last_byte_is_not_counted() -> None:
    assert [standing(an_upload(), reached) for reached in (1, 99, 100)] == [1, 99, 99]


def test_pieces_each_part_counts_up_to_the_next() -> None:
    parts = [
        Part(FileId("u"), Key(key), start, size) for key, start, size in (("a", 0, 50), ("b", 40, 60), ("c", 99, 1))
    ]

    assert pieces(parts, 100) == [("a", 40), ("b", 59), ("c", 1)]
