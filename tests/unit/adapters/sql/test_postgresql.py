"""PostgreSQL that is not there."""

from datetime import timedelta

import pytest

from doorward.adapters.sql.engine.connection import Notes
from doorward.adapters.sql.engine.postgresql import Postgresql
from doorward.core.kernel.errors import Unavailable


def test_unit_and_view_server_away_are_unavailable() -> None:
    database = Postgresql("postgresql://nobody@127.0.0.1:9/auth", pool_size=1, patience=timedelta(milliseconds=20))

    with pytest.raises(Unavailable), database.unit(Notes()):
        pass
    with pytest.raises(Unavailable), database.view():
        pass

    database.close()
