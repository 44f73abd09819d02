"""The report of a district over HTTP: three formats, its own policy, refusals."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("form", "media", "starts"),
    [
        ("pdf", "application/pdf", b"%PDF"),
        ("docx", "application/vnd.openxmlformats", b"PK"),
        ("html", "text/html", b"<!doctype html>"),
    ],
)
def test_report_in_each_format(client: TestClient, form: str, media: str, starts: bytes) -> None:
    answer = client.get(f"/v1/districts/210124/report.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    assert answer.content.startswith(starts)


def test_report_page_runs_no_script(client: TestClient) -> None:
    policy = client.get("/v1/districts/210124/report.html").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/districts/999999/report.pdf", 404),
        ("/v1/districts/210124/report.exe", 404),
        ("/v1/districts/210124/report.pdf?lang=fr", 400),
    ],
)
def test_report_refusals(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
