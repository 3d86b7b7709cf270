import hashlib
from pathlib import Path

import pytest

from doorward.adapters.breached.passwords import ListedPasswords

BREACHED = [f"breached password {number}" for number in range(500)]


def digests() -> list[bytes]:
    return sorted(hashlib.sha1(word.encode(), usedforsecurity=False).digest() for word in BREACHED)


def counted(digest: bytes, number: int) -> str:
    return f"{digest.hex().upper()}:{number**3}"


@pytest.fixture(params=["counted", "counted-crlf", "bare-hex", "no-final-newline", "binary"])
def listed(request: pytest.FixtureRequest, tmp_path: Path) -> ListedPasswords:
    lines = [counted(digest, number) for number, digest in enumerate(digests())]
    contents = {
        "counted": "\n".join([*lines, ""]).encode(),
        "counted-crlf": "\r\n".join([*lines, ""]).encode(),
        "bare-hex": "".join(f"{digest.hex()}\n" for digest in digests()).encode(),
        "no-final-newline": "\n".join(lines).encode(),
        "binary": b"".join(digests()),
    }
    path = tmp_path / "breached"
    path.write_bytes(contents[request.param])
    return ListedPasswords(path)


def test_contains_every_breached_password_says_yes(listed: ListedPasswords) -> None:
    assert all(listed.contains(word) for word in BREACHED)


def test_contains_passwords_outside_the_list_says_no(listed: ListedPasswords) -> None:
    assert not any(listed.contains(f"unlisted password {number}") for number in range(500))


@pytest.mark.parametrize("password", ["password1", "PassWord1", "qwertyuiop", "1234567890"])
def test_contains_common_password_in_any_case_says_yes(password: str) -> None:
    assert ListedPasswords().contains(password)


@pytest.mark.parametrize("password", ["", "\ud800", "three unlisted words here", "password one"])
def test_contains_uncommon_password_says_no(password: str) -> None:
    assert not ListedPasswords().contains(password)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_contains_short_binary_list_finds_each(tmp_path: Path, size: int) -> None:
    path = tmp_path / "breached"
    path.write_bytes(b"".join(digests()[:size]))
    listed = ListedPasswords(path)

    assert sum(listed.contains(word) for word in BREACHED) == size


@pytest.mark.parametrize("content", [b"", b"not a list of digests", b"0" * 41, b"x" * 39])
def test_constructor_file_in_neither_format_refuses(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "breached"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"SHA-1|empty"):
        ListedPasswords(path)


def test_constructor_file_ordered_by_count_refuses(tmp_path: Path) -> None:
    path = tmp_path / "breached"
    path.write_text("".join(f"{digest.hex()}:7\n" for digest in reversed(digests())))

    with pytest.raises(ValueError, match="not ordered by hash"):
        ListedPasswords(path)


def test_constructor_absent_file_refuses(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ListedPasswords(tmp_path / "absent")
