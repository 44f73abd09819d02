"""Corrections: who may, what happens, and that it is whole after a crash."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import wait_until_ready
from typer.testing import CliRunner

from clusteratlas.api import create_app
from clusteratlas.cli.app import build_app
from clusteratlas.settings import Settings
from clusteratlas.store import open_store
from clusteratlas.store.corrections import reapply, review
from clusteratlas.store.tokens import create_token, list_tokens


@pytest.fixture
def path(store_path: Path, tmp_path: Path) -> Path:
    """A store of its own for each test."""
    copy = tmp_path / "atlas.gpkg"
    with sqlite3.connect(store_path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    return copy


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    app = create_app(Settings(store=str(path), refresh_s=0.1, log_level="error"))
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


def bearer(path: Path, *scopes: str) -> dict[str, str]:
    return {"authorization": "Bearer " + create_token(str(path), "浑南区工信局", scopes)}


def proposal(**changed: object) -> dict[str, object]:
    return {
        "enterprise_id": "shengu-group",
        "kind": "position",
        "change": {"lon": 123.45, "lat": 41.72, "radius_m": 50},
        "reason": "现场核实",
        **changed,
    }


def test_without_any_token_writing_is_off(client: TestClient) -> None:
    answer = client.post("/v1/corrections", json=proposal())
    assert answer.status_code == 401
    assert "off" in answer.json()["detail"]


def test_unknown_token_and_missing_scope_are_refused(client: TestClient, path: Path) -> None:
    header = bearer(path, "read")
    assert client.post("/v1/corrections", json=proposal(), headers=header).status_code == 403
    wrong = {"authorization": "Bearer ca_000000000000_" + "x" * 43}
    assert client.post("/v1/corrections", json=proposal(), headers=wrong).status_code == 401
    assert client.post("/v1/corrections", json=proposal()).status_code == 401
    listing = client.get("/v1/corrections", headers=header)
    assert listing.json() == {"items": []}


def test_secret_is_nowhere_in_the_store(path: Path) -> None:
    secret = create_token(str(path), "x", ["read"]).split("_", 2)[2]
    with sqlite3.connect(path) as sql:
        kept = "".join(str(row) for row in sql.execute("SELECT * FROM api_tokens"))
    sql.close()
    assert secret not in kept
    assert len(kept) > 64


def test_accepted_position_is_served_and_reverted_again(client: TestClient, path: Path) -> None:
    before = client.get("/v1/enterprises/shengu-group").json()
    filed = client.post("/v1/corrections", json=proposal(), headers=bearer(path, "propose"))
    assert filed.status_code == 201, filed.text
    number = filed.json()["id"]
    assert client.get("/v1/enterprises/shengu-group").json()["lon"] == before["lon"]

    editor = bearer(path, "review")
    url = f"/v1/corrections/{number}/review"
    accepted = client.post(url, json={"decision": "accept"}, headers=editor)
    assert accepted.json()["state"] == "accepted", accepted.text
    now = _eventually(client, lambda body: body["lon"] == 123.45)
    assert (now["district"], now["precision"], now["confidence"]) == ("浑南区", "site", 1.0)
    assert now["history"]

    assert client.post(url, json={"decision": "accept"}, headers=editor).status_code == 409
    assert client.post(url, json={"decision": "revert"}, headers=editor).status_code == 200
    again = _eventually(client, lambda body: body["lon"] == before["lon"])
    for column in ("lat", "district", "adcode", "precision", "radius_m", "confidence", "evidence"):
        assert again[column] == before[column]


def _eventually(client: TestClient, wanted: object) -> dict[str, object]:
    for _ in range(100):
        body: dict[str, object] = client.get("/v1/enterprises/shengu-group").json()
        if wanted(body):  # type: ignore[operator]  # a function
            return body
        time.sleep(0.05)
    pytest.fail(f"not served after 5 s: {body}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"enterprise_id": "nobody"},
        {"kind": "magic"},
        {"change": {"lon": 2.3, "lat": 48.8}},
        {"change": {"lon": "123", "lat": 41}},
        {"change": {"lon": 123.4}},
        {"change": {"lon": 123.4, "lat": 41.8, "x": 1}},
        {"kind": "sector", "change": {"sectors": ["magic"]}},
        {"kind": "closed", "change": {"date": "yesterday"}},
        {"kind": "closed", "change": {"date": "2099-01-01"}},
        {"kind": "renamed", "change": {"name": "x\u0000y"}},
        {"reason": ""},
        {"change": []},
        {"extra": 1},
    ],
)
def test_wrong_proposal_is_refused(
    client: TestClient, path: Path, wrong: dict[str, object]
) -> None:
    header = bearer(path, "propose")
    answer = client.post("/v1/corrections", json=proposal(**wrong), headers=header)
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "change", "column", "value"),
    [
        ("sector", {"sectors": ["nev", "robotics"]}, "sectors", "nev;robotics"),
        ("renamed", {"name": "沈鼓集团新名"}, "name", "沈鼓集团新名"),
        ("closed", {"date": "2024-05-01"}, "note", "2024-05-01"),
    ],
)
def test_each_kind_changes_its_columns(
    client: TestClient, path: Path, kind: str, change: dict[str, object], column: str, value: str
) -> None:
    header = bearer(path, "propose", "review")
    body = proposal(kind=kind, change=change)
    number = client.post("/v1/corrections", json=body, headers=header).json()["id"]
    review(str(path), number, "accept", by="editor")
    with open_store(str(path)) as store:
        now = store.enterprise("shengu-group")
    assert now is not None
    assert value in now[column]


def test_rebuilt_store_gets_its_corrections_again(client: TestClient, path: Path) -> None:
    header = bearer(path, "propose")
    number = client.post("/v1/corrections", json=proposal(), headers=header).json()["id"]
    with open_store(str(path)) as store:
        former = store.collection("enterprises")
    review(str(path), number, "accept", by="editor")
    with open_store(str(path), writable=True) as store:
        with store.writer() as writer:
            writer.upsert_enterprises(former.drop(columns="geometry"))
        assert reapply(store) == 1
        now = store.enterprise("shengu-group")
    assert now is not None
    assert now["lon"] == 123.45


CRASH = """
import os, sys
from clusteratlas.store import corrections
decide = corrections._decide
def killed(*arguments):
    result = decide(*arguments)
    os.kill(os.getpid(), 9)
    return result
corrections._decide = killed
corrections.review(sys.argv[1], int(sys.argv[2]), "accept", by="editor")
"""


def test_kill_in_the_middle_leaves_it_wholly_undone(client: TestClient, path: Path) -> None:
    header = bearer(path, "propose", "read")
    number = client.post("/v1/corrections", json=proposal(), headers=header).json()["id"]
    with open_store(str(path)) as store:
        before = store.enterprise("shengu-group")
    run = subprocess.run([sys.executable, "-c", CRASH, str(path), str(number)], check=False)
    assert run.returncode == -9
    with open_store(str(path)) as store:
        assert repr(store.enterprise("shengu-group")) == repr(before)
    state = client.get(f"/v1/corrections/{number}", headers=header).json()["state"]
    assert state == "proposed"
    assert review(str(path), number, "accept", by="editor").state == "accepted"


def test_token_commands_create_list_and_revoke(path: Path) -> None:
    runner, cli = CliRunner(), build_app()
    store = ["--store", str(path)]
    made = runner.invoke(cli, ["token", "create", "铁西区", "--scope", "propose", *store])
    assert made.exit_code == 0, made.output
    token_id = made.output.strip().split("_")[1]
    listed = runner.invoke(cli, ["token", "list", *store])
    assert token_id in listed.output
    assert "valid" in listed.output
    assert runner.invoke(cli, ["token", "revoke", token_id, *store]).exit_code == 0
    assert [kept.revoked != "" for kept in list_tokens(str(path))] == [True]
    shutil.rmtree(path.parent, ignore_errors=True)
