from doorward.core.audit.records import AuditKind, kind_of


def test_kind_of_an_entry_of_ours_is_ours() -> None:
    assert kind_of("key.made") is AuditKind.KEY_MADE


def test_kind_of_an_entry_that_a_newer_release_wrote_keeps_its_name_and_is_none_of_ours() -> None:
    newer = kind_of("robot.built")

    assert (newer.value, str(newer)) == ("robot.built", "robot.built")
    assert newer not in set(AuditKind)
