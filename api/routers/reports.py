"""The positioning report of a district as a download."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import HTML, answers, get
from clusteratlas.api.state import Served
from clusteratlas.errors import UnknownNameError
from clusteratlas.reports.write import FORMATS, render_report
from clusteratlas.store.base import Store

router = APIRouter(prefix="/v1", tags=["analysis"])

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA: Final = {"html": f"{HTML}; charset=utf-8", "pdf": PDF, "docx": DOCX}
BINARY: Final = {"type": "string", "format": "binary"}

REPORT: Final = Params.of(
    Param(
        "lang",
        choice("zh", "en"),
        {"type": "string", "enum": ["zh", "en"], "default": "zh"},
        "Language of the report",
        default="zh",
    ),
)

STYLED: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Policy of the HTML report: a style sheet of its own and pictures inside, no script, no request."""


@get(
    router,
    "/districts/{adcode}/report.{form}",
    REPORT,
    path_params=(
        Param(
            "adcode",
            str,
            {"type": "string", "pattern": "^[0-9]{6}$"},
            "County-level code, e.g. 210112",
            place="path",
            required=True,
        ),
        Param(
            "form",
            str,
            {"type": "string", "enum": list(FORMATS)},
            "html, pdf or docx",
            place="path",
            required=True,
        ),
    ),
    summary="The positioning report of a district, for reading, printing or editing",
    operation="report",
    responses=answers({HTML: {"type": "string"}, PDF: BINARY, DOCX: BINARY}),
)
async def report(request: Request) -> Response:
    """Return the report of a district; made once per version of the store, format and language."""
    lang = str(REPORT.read(request.scope["query_string"])["lang"])
    adcode, form = request.path_params["adcode"], request.path_params["form"]
    atlas = request.app.state.atlas
    served: Served = atlas.served
    if adcode not in served.snapshot.district_codes:
        raise UnknownNameError("no district has this code; /v1/search?q=NAME finds it (210112)")
    if form not in FORMATS:
        raise UnknownNameError(f"no report in this format; allowed are {', '.join(FORMATS)}")
    content: bytes = await request.app.state.desk.once(
        served.answers,
        ("report", adcode, form, lang),
        lambda: _render(atlas.store, adcode, form, lang),
    )
    headers = {"content-security-policy": STYLED} if form == "html" else {}
    if form != "html":
        headers["content-disposition"] = f'attachment; filename="report-{adcode}.{form}"'
    return Response(content, media_type=MEDIA[form], headers=headers)


def _render(store: Store, adcode: str, form: str, lang: str) -> bytes:
    from clusteratlas.reports import build_report, gather

    return render_report(build_report(gather(store, adcode), lang=lang), form)
