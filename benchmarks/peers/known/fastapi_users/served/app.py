"""fastapi-users as its documentation shows it: SQLAlchemy, sessions by cookie in the database, bearer tokens as JWTs.

`python app.py serve PORT DATABASE SECRET HASH` serves; `python app.py make DATABASE HASH PASSWORD` makes the tables,
and prints the hash of a password. HASH is memory in KiB and passes: `19456,2`.
"""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, CookieTransport, JWTStrategy
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users.password import PasswordHelper
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

LIVES_FOR_SECONDS = 3600


class Base(DeclarativeBase):
    """The tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """Users."""


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    """Sessions."""


class UserRead(schemas.BaseUser[uuid.UUID]):
    """A user as answered."""


class UserCreate(schemas.BaseUserCreate):
    """A user as registered."""


def engine_of(database: str) -> AsyncEngine:
    """Return the engine; SQLite writes ahead and waits for the disk at each commit."""
    engine = create_async_engine(database, connect_args={"timeout": 30})
    if database.startswith("sqlite"):

        @event.listens_for(engine.sync_engine, "connect")
        def _set(connection: object, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.close()

    return engine


def helper_of(costs: str) -> PasswordHelper:
    """Return what hashes passwords by Argon2id."""
    memory, passes = map(int, costs.split(","))
    return PasswordHelper(PasswordHash((Argon2Hasher(memory_cost=memory, time_cost=passes, parallelism=1),)))


def app_of(database: str, secret: str, costs: str) -> FastAPI:
    """Return the application."""
    sessions = async_sessionmaker(engine_of(database), expire_on_commit=False)
    helper = helper_of(costs)

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    async def users_of(opened: Annotated[AsyncSession, Depends(session)]) -> AsyncIterator[SQLAlchemyUserDatabase]:
        yield SQLAlchemyUserDatabase(opened, User)

    async def tokens_of(
        opened: Annotated[AsyncSession, Depends(session)],
    ) -> AsyncIterator[SQLAlchemyAccessTokenDatabase]:
        yield SQLAlchemyAccessTokenDatabase(opened, AccessToken)

    class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
        reset_password_token_secret = secret
        verification_token_secret = secret

    async def manager_of(
        users: Annotated[SQLAlchemyUserDatabase, Depends(users_of)],
    ) -> AsyncIterator[UserManager]:
        yield UserManager(users, helper)

    def by_database(
        tokens: Annotated[AccessTokenDatabase[AccessToken], Depends(tokens_of)],
    ) -> DatabaseStrategy:
        return DatabaseStrategy(tokens, lifetime_seconds=LIVES_FOR_SECONDS)

    def by_jwt() -> JWTStrategy:
        return JWTStrategy(secret=secret, lifetime_seconds=LIVES_FOR_SECONDS)

    cookie = AuthenticationBackend("cookie", CookieTransport(cookie_max_age=LIVES_FOR_SECONDS), by_database)
    bearer = AuthenticationBackend("jwt", BearerTransport(tokenUrl="auth/jwt/login"), by_jwt)
    both = FastAPIUsers[User, uuid.UUID](manager_of, [cookie, bearer])
    who = both.current_user(active=True)

    app = FastAPI(openapi_url=None)
    app.include_router(both.get_auth_router(cookie), prefix="/auth/cookie")
    app.include_router(both.get_auth_router(bearer), prefix="/auth/jwt")
    app.include_router(both.get_register_router(UserRead, UserCreate), prefix="/auth")

    @app.get("/users/me")
    async def me(user: Annotated[User, Depends(who)]) -> UserRead:
        return UserRead.model_validate(user, from_attributes=True)

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {}

    return app


async def make(database: str) -> None:
    """Make the tables."""
    engine = engine_of(database)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


def serve(port: str, database: str, secret: str, costs: str) -> None:
    """Serve until ended."""
    uvicorn.run(
        app_of(database, secret, costs),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
        timeout_keep_alive=30,
    )


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        asyncio.run(make(sys.argv[2]))
        print(helper_of(sys.argv[3]).hash(sys.argv[4]))
