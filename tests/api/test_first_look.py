"""Every route answers in its contract form."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"])
def test_operations_answer(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("collection", "count"), [("enterprises", 163), ("districts", 100), ("cities", 14)]
)
def test_items_have_the_contract_form(client: TestClient, collection: str, count: int) -> None:
    answer = client.get(f"/ogc/collections/{collection}/items?limit=3")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert body["numberMatched"] >= min(count, 100)
    assert body["numberReturned"] == len(body["features"]) == 3
    assert {"self", "next", "alternate"} <= {link["rel"] for link in body["links"]}


def test_problem_of_a_wrong_value_names_it_and_what_is_allowed(client: TestClient) -> None:
    answer = client.get("/v1/nearby?lon=200&lat=41")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "lon: 200 is outside -180..180"
