"""Tokens, corrections and the API over a database server."""

import json
import time
import urllib.request
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import start_server

from clusteratlas.api import create_app
from clusteratlas.errors import UnknownNameError
from clusteratlas.settings import Settings
from clusteratlas.store import open_store
from clusteratlas.store.corrections import (
    StateError,
    get_correction,
    list_corrections,
    propose,
    review,
)
from clusteratlas.store.tokens import create_token, find_token, list_tokens, revoke_token

pytestmark = pytest.mark.postgis


def test_tokens_are_kept_found_and_revoked(atlas_url: str) -> None:
    token = create_token(atlas_url, "浑南区工信局", ["propose", "review"])
    found = find_token(atlas_url, token)
    assert found is not None
    assert (found.name, found.scopes) == ("浑南区工信局", ("propose", "review"))
    assert find_token(atlas_url, token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert [kept.token_id for kept in list_tokens(atlas_url)] == [found.token_id]
    revoke_token(atlas_url, found.token_id)
    assert find_token(atlas_url, token) is None
    with pytest.raises(UnknownNameError):
        revoke_token(atlas_url, found.token_id)


def test_correction_is_proposed_accepted_and_reverted(atlas_url: str) -> None:
    with open_store(atlas_url) as store:
        first = store.collection("enterprises").iloc[0]
        change = {"name": "沈阳新名有限公司"}
        filed = propose(store, first["enterprise_id"], "renamed", change, "公告", "浑南区")
        assert (filed.id, filed.state, filed.change) == (1, "proposed", change)
        assert store.enterprise(filed.enterprise_id)["name"] == first["name"]  # type: ignore[index]
        accepted = review(atlas_url, filed.id, "accept", by="市局")
        assert accepted.state == "accepted"
        assert store.enterprise(filed.enterprise_id)["name"] == change["name"]  # type: ignore[index]
        assert len(store.history(filed.enterprise_id)) == 1
        with pytest.raises(StateError):
            review(atlas_url, filed.id, "reject", by="市局")
        assert review(atlas_url, filed.id, "revert", by="市局").state == "reverted"
        assert store.enterprise(filed.enterprise_id)["name"] == first["name"]  # type: ignore[index]
        assert [c.id for c in list_corrections(store, state="reverted")] == [filed.id]
        assert get_correction(store, filed.id).reviewed_by == "市局"


def ready(client: TestClient) -> bool:
    for _ in range(200):
        if client.get("/readyz").status_code == 200:
            return True
        time.sleep(0.1)
    return False


def test_api_serves_the_database_and_sees_writes(atlas_url: str) -> None:
    settings = Settings(store=atlas_url, refresh_s=0.2)
    with TestClient(create_app(settings)) as client:
        assert ready(client)
        items = client.get("/ogc/collections/enterprises/items?limit=3").json()
        assert len(items["features"]) == 3
        identifier = items["features"][0]["properties"]["enterprise_id"]
        with open_store(atlas_url, writable=True) as store, store.writer() as writer:
            assert writer.delete_enterprises([identifier]) == 1
        for _ in range(50):
            if client.get(f"/v1/enterprises/{identifier}").status_code == 404:
                return
            time.sleep(0.1)
    pytest.fail("the write was not seen within 5 s")


def answer(url: str, token: str = "", body: object = None) -> Any:
    """Return the JSON that a server sends; a body makes it a POST."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers if token else {})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def test_a_write_through_one_server_is_seen_through_the_other_within_5_s(atlas_url: str) -> None:
    token = create_token(atlas_url, "市局", ["read", "propose", "review"])
    with ExitStack() as stack:
        urls = []
        for _ in range(2):
            process, url = start_server(atlas_url, CLUSTERATLAS_LOG_LEVEL="error")
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            urls.append(url)
        one, other = urls
        found = answer(f"{one}/ogc/collections/enterprises/items?limit=1")["features"][0]
        changed = {
            "enterprise_id": found["properties"]["enterprise_id"],
            "kind": "renamed",
            "change": {"name": "沈阳新名有限公司"},
            "reason": "工商变更",
        }
        number = answer(f"{one}/v1/corrections", token, changed)["id"]
        assert answer(f"{other}/v1/corrections/{number}", token)["state"] == "proposed"
        answer(f"{other}/v1/corrections/{number}/review", token, {"decision": "accept"})
        written = time.monotonic()
        waiting = list(urls)
        while waiting and time.monotonic() - written < 5:
            path = f"/v1/enterprises/{changed['enterprise_id']}"
            waiting = [u for u in waiting if answer(u + path)["name"] != "沈阳新名有限公司"]
            time.sleep(0.1)
        assert not waiting
