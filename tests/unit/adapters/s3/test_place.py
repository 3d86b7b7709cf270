import pytest

from doorward.adapters.s3.place import S3Place, Style


def test_parse_bucket_alone_leaves_the_rest_to_others() -> None:
    place = S3Place.parse("s3://kept")

    assert place == S3Place("kept")
    assert place.address is None
    assert not place.is_open


def test_parse_everything() -> None:
    place = S3Place.parse(
        "s3://KEY%2FID:se%2Fcret@kept.example/a/b/?endpoint=https://s3.example:9000&region=eu-central-1&style=virtual"
    )

    assert place == S3Place(
        "kept.example", "a/b", "https://s3.example:9000", "eu-central-1", Style.VIRTUAL, "KEY/ID", "se/cret"
    )
    assert place.address == "https://kept.example.s3.example:9000"


def test_str_and_repr_hold_no_secret() -> None:
    place = S3Place.parse("s3://id:hidden@kept/files")

    assert str(place) == "s3://kept/files"
    assert "hidden" not in repr(place)


@pytest.mark.parametrize(
    "endpoint", ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:9000", "http://minio:9000&tls=never"]
)
def test_parse_open_endpoint_on_this_machine_or_where_it_is_said(endpoint: str) -> None:
    assert S3Place.parse(f"s3://kept?endpoint={endpoint}").is_open


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://kept", "s3://BUCKET"),
        ("s3://", "s3://BUCKET"),
        ("s3://UPPER", "s3://BUCKET"),
        ("s3://ab", "s3://BUCKET"),
        ("s3://kept:9000", "s3://BUCKET"),
        ("s3://kept/a//b", "s3://BUCKET"),
        ("s3://kept/a?b#c", "s3://BUCKET"),
        ("s3://kept/%2e%2e", "s3://BUCKET"),
        ("s3://kept/a/../b", "s3://BUCKET"),
        ("s3://kept/.", "s3://BUCKET"),
        ("s3://[kept", "cannot be read"),
        ("s3://hidden@kept", "or neither"),
        ("s3://:hidden@kept", "or neither"),
        ("s3://hidden:@kept", "or neither"),
        ("s3://kept?secret=hidden", "these options"),
        ("s3://kept?region=a&region=b", "each once"),
        ("s3://kept?region", "cannot be read"),
        ("s3://kept?region=Hidden!", "a region"),
        ("s3://kept?style=hidden", "path or virtual"),
        ("s3://kept?tls=hidden", "never"),
        ("s3://kept?endpoint=", "https://HOST"),
        ("s3://kept?endpoint=ftp://hidden", "https://HOST"),
        ("s3://kept?endpoint=https://a:hidden@host", "https://HOST"),
        ("s3://kept?endpoint=https://hidden/path", "https://HOST"),
        ("s3://kept?endpoint=https://hidden:port", "cannot be read"),
        ("s3://kept?endpoint=http://hidden:9000", "unencrypted"),
    ],
)
def test_parse_anything_else_is_refused_without_showing_it(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        S3Place.parse(url)

    assert "idden" not in str(refused.value)
