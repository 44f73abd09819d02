"""What goes wrong between here and a database server: one line each, and never the password."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.postgres import PostgresServer

from clusteratlas.errors import DependencyError, StoreError
from clusteratlas.store import open_store
from clusteratlas.store.postgis import PostgisStore

pytestmark = pytest.mark.postgis


def refusal(url: str, *, writable: bool = False) -> str:
    with pytest.raises(StoreError) as caught, open_store(url, writable=writable):
        pass
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_wrong_password(server: PostgresServer) -> None:
    message = refusal(server.url("postgres", password="geheim7"))
    assert "wrong user or password" in message
    assert "geheim7" not in message


def test_unknown_database(server: PostgresServer) -> None:
    assert "no such database" in refusal(server.url("nowhere"))


def test_no_server() -> None:
    assert "no database server answers" in refusal("postgresql://u:p4ss@127.0.0.1:1/atlas")


def test_url_that_is_none() -> None:
    assert "p4ss" not in refusal("postgresql://u:p4ss@127.0.0.1:port/atlas?x=1")


def test_database_without_atlas_says_how_to_make_one(server: PostgresServer) -> None:
    message = refusal(server.url(server.database()))
    assert "clusteratlas build --store" in message
    assert server.password not in message


def test_missing_extension(server: PostgresServer) -> None:
    name = server.database()
    server.sql("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    server.sql(f"GRANT CREATE ON DATABASE {name} TO plain")
    message = refusal(server.url(name, user="plain", password="plain"), writable=True)
    assert "CREATE EXTENSION postgis" in message


def test_other_encoding(server: PostgresServer) -> None:
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    assert "not UTF8" in refusal(server.url("latin"))


@pytest.mark.parametrize(("version", "said"), [(999, "update clusteratlas"), (0, "old schema")])
def test_other_schema(empty: PostgisStore, version: int, said: str) -> None:
    url = empty.url
    with empty._connections.transaction() as sql:
        sql.execute("DELETE FROM schema_versions")
        sql.execute("INSERT INTO schema_versions VALUES (%s)", (version or -1,))
    empty.close()
    assert said in refusal(url)


def test_schema_1_is_brought_up_to_date(empty: PostgisStore) -> None:
    counted = "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'enterprises_near_%'"
    before = empty._rows(counted)
    with empty._connections.transaction() as sql:
        for (name,) in sql.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'enterprises_near_%%'"
        ).fetchall():
            sql.execute(f"DROP INDEX {name}".encode())
        sql.execute("DELETE FROM schema_versions WHERE version > 1")
    empty.close()
    assert "old schema 1" in refusal(empty.url)
    with open_store(empty.url, writable=True):
        pass
    assert empty._rows(counted) == before == [(35,)]


def test_writing_needs_a_writable_store(empty: PostgisStore) -> None:
    with (
        open_store(empty.url) as reader,
        pytest.raises(StoreError, match="opened for reading"),
        reader.writer(),
    ):
        pass


def test_lock_ends_with_its_store(empty: PostgisStore) -> None:
    assert "being written by another process" in refusal(empty.url, writable=True)
    empty.close()
    with open_store(empty.url, writable=True):
        pass


def test_reader_role_reads_and_may_not_write(server: PostgresServer, laid_out: str) -> None:
    script = Path(__file__).parents[3] / "store" / "postgis_roles.sql"
    name = server.database()
    server.sql("CREATE EXTENSION postgis", name)
    for statement in script.read_text(encoding="utf-8").split(";"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if "".join(lines).strip():
            server.sql("\n".join(lines), name)
    for login in ("writer_a", "writer_b", "reader_a"):
        group = "clusteratlas_" + login.partition("_")[0]
        server.sql(f"CREATE ROLE {login} LOGIN PASSWORD 'x' IN ROLE {group}")
    writer_a, writer_b, reader_a = (
        server.url(name, user=login, password="x") for login in ("writer_a", "writer_b", "reader_a")
    )
    with open_store(writer_a, writable=True) as store, store.writer() as writer:
        writer.put_meta("a", "1")
    with open_store(writer_b, writable=True) as store, store.writer() as writer:
        writer.replace_table("linkages", pd.DataFrame({"supplier": ["a"], "other": [1]}))
    with open_store(reader_a) as store:
        assert store.meta("a") == "1"
        assert store.table("linkages")["other"].tolist() == [1]
    with (
        open_store(reader_a, writable=True) as store,
        pytest.raises(StoreError, match="may not do that"),
        store.writer() as writer,
    ):
        writer.put_meta("a", "2")


def test_missing_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg_pool", None)
    with pytest.raises(DependencyError, match=r"clusteratlas\[postgis\]"):
        open_store("postgresql://127.0.0.1/atlas")


def test_command_line_shows_one_line(server: PostgresServer) -> None:
    command = [sys.executable, "-m", "clusteratlas", "check", "--store"]
    url = server.url("postgres", password="geheim7")
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "geheim7" not in done.stderr
