"""The kinds of records are what each kind of store keeps."""

from doorward.adapters.mongo import tables as collections
from doorward.adapters.sql import tables
from doorward.core.moving.records import KINDS


def test_kinds_are_all_tables_with_all_columns_in_their_order() -> None:
    kept = {name.removeprefix(tables.PREFIX): table for name, table in tables.METADATA.tables.items()}

    assert {kind.name: kind.columns for kind in KINDS} == {name: tuple(table.c.keys()) for name, table in kept.items()}
    assert {kind.name: kind.columns[: kind.keys] for kind in KINDS} == {
        name: tuple(table.primary_key.columns.keys()) for name, table in kept.items()
    }


def test_kinds_are_all_collections_with_all_columns_in_their_order() -> None:
    kept = {table.name.removeprefix(collections.PREFIX): table for table in collections.TABLES}

    assert {kind.name: kind.columns for kind in KINDS} == {name: table.columns for name, table in kept.items()}
    assert {kind.name: kind.columns[: kind.keys] for kind in KINDS} == {name: table.key for name, table in kept.items()}
