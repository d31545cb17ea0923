"""The store: Postgres with pgvector, embedded under `NIGHTSHIFT_HOME` unless a URL is set.

`transaction` is the one door: it finds the database (starting the embedded one), brings its
schema up to date once a process, and translates the driver's errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

import psycopg

from models.errors import (
    ConfigurationError,
    NightshiftError,
    StoreError,
    StoreFull,
    StoreUnavailable,
)
from models.settings import settings
from models.store import embedded, schema

_NAMED = re.compile(r"^-- name: (\w+)\n(?:-- .*\n)*", re.MULTILINE)
_RETRIED = (
    psycopg.OperationalError,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
_REFUSED = (psycopg.errors.InvalidPassword, psycopg.errors.InvalidAuthorizationSpecification)
_checked: set[str] = set()


@contextmanager
def transaction() -> Iterator[psycopg.Connection]:
    """Open one transaction; it is committed when the block ends well, undone otherwise.

    Raises:
        StoreUnavailable: Postgres does not answer, or went away in the middle.
        StoreFull: Its disk is full; nothing of the transaction was kept.
        ConfigurationError: The URL, its credentials or its server version cannot be used.
    """
    with connection() as conn, translated(), conn.transaction():
        yield conn


@contextmanager
def connection() -> Iterator[psycopg.Connection]:
    """Open a connection in autocommit mode, for what holds a session lock."""
    conn = open_connection()
    try:
        yield conn
    finally:
        conn.close()


def open_connection() -> psycopg.Connection:
    """Open a connection in autocommit mode that the caller closes; see `connection`."""
    with translated():
        return _connect()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours; ours pass through."""
    try:
        yield
    except NightshiftError:
        raise
    except psycopg.errors.DiskFull as error:
        raise StoreFull("the disk of Postgres is full; free space there and try again") from error
    except (
        psycopg.errors.InvalidPassword,
        psycopg.errors.InvalidAuthorizationSpecification,
    ) as error:
        raise ConfigurationError(f"Postgres refused the login: {_first_line(error)}") from error
    except psycopg.errors.QueryCanceled as error:
        raise StoreUnavailable(f"Postgres took too long: {_first_line(error)}") from error
    except _RETRIED as error:
        raise StoreUnavailable(f"Postgres does not answer: {_first_line(error)}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(f"the database account may not: {_first_line(error)}") from error
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise StoreError(f"Postgres refused a row: {_first_line(error)}") from error


@cache
def queries(family: str) -> dict[str, LiteralString]:
    """Return the named statements of `sql/<family>.sql`."""
    text = (files(__package__) / "sql" / f"{family}.sql").read_text(encoding="utf-8")
    _, *parts = _NAMED.split(text)
    # The files ship with the code and take values only as parameters, so they are
    # as trustworthy as a literal written here.
    return {
        name: cast("LiteralString", body.strip())
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def forget_schema() -> None:
    """Check the schema again at the next connection, after a restore."""
    _checked.clear()


def database_url() -> str:
    """Return the connection string in use; the embedded database is started if it is down."""
    configured = settings().database_url
    if configured is not None:
        return configured.get_secret_value()
    return embedded.ensure_running(settings().home)


def _connect() -> psycopg.Connection:
    url, conn = _reach()
    if url not in _checked:
        try:
            schema.migrate(conn)
        except BaseException:
            conn.close()
            raise
        _checked.add(url)
    return conn


def _reach() -> tuple[str, psycopg.Connection]:
    if settings().database_url is None:
        # Most often the embedded database is up, and asking it twice would double the cost.
        place = embedded.Place(settings().home)
        with suppress(OSError, psycopg.OperationalError):
            return place.conninfo, _open(place.conninfo)
    url = database_url()
    return url, _open(url)


def _open(url: str) -> psycopg.Connection:
    milliseconds = int(settings().statement_timeout_seconds * 1000)
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=10,
            application_name="nightshift",
            options=f"-c statement_timeout={milliseconds} -c timezone=UTC",
        )
    except psycopg.ProgrammingError:
        # The driver's own words quote the string, and with it the password.
        raise ConfigurationError(
            "NIGHTSHIFT_DATABASE_URL cannot be read; write postgresql://user:password@host/database"
        ) from None
    except psycopg.OperationalError as error:
        refused = "password authentication failed" in str(error)
        if refused or (settings().database_url is not None and "does not exist" in str(error)):
            raise ConfigurationError(f"Postgres refused the login: {_first_line(error)}") from error
        raise


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
