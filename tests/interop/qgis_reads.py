"""Read a running server with QGIS and print what it read as JSON; run by the system's Python.

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/interop/qgis_reads.py URL FOLDER

Only looks and counts; test_qgis.py says what is right. QGIS is Debian's python3-qgis.
"""

import json
import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QEventLoop, QSize
from qgis.PyQt.QtGui import QColor

Box = tuple[float, float, float, float]

COLLECTIONS = ("enterprises", "parks", "districts", "cities", "clusters")
PROVINCE = (13_150_000.0, 4_650_000.0, 14_050_000.0, 5_550_000.0)  # EPSG:3857 metres
TOWN = (13_717_400.0, 5_123_600.0, 13_721_400.0, 5_127_600.0)  # the west of Shenyang, above zoom 12
FIRM = "shengu-group"
SIZE = 400
BOX = (123.3, 41.7, 123.4, 41.78)  # EPSG:4326 degrees: west, south, east, north


def layer_of(base: str, collection: str, *, box_only: bool = False, **more: str) -> Any:
    """Return a collection as QGIS opens it from Layer > Add WFS / OGC API Layer."""
    parts = {
        "typename": collection,
        "url": f"{base}/ogc/",
        "version": "OGC_API_FEATURES",
        "pageSize": "5000",
        **({"restrictToRequestBBOX": "1"} if box_only else {}),
        **more,
    }
    uri = " ".join(f"{name}='{value}'" for name, value in parts.items())
    return QgsVectorLayer(uri, collection, "OAPIF")


def attributes(feature: Any) -> dict[str, Any]:
    """Return the attributes of a feature; a QGIS NULL becomes None."""
    plain: dict[str, Any] = {}
    for field, value in zip(feature.fields(), feature.attributes(), strict=True):
        known = isinstance(value, (str, int, float, bool))
        plain[field.name()] = value if known else None
    return plain


def read_collection(base: str, collection: str) -> dict[str, Any]:
    """Return everything that the OAPIF provider knows of a collection."""
    layer = layer_of(base, collection)
    if not layer.isValid():
        return {"valid": False, "error": layer.error().message()}
    features = list(layer.getFeatures())
    placed = [feature for feature in features if not feature.geometry().isNull()]
    extent = layer.extent()
    box_layer = layer_of(base, collection, box_only=True)
    request = QgsFeatureRequest().setFilterRect(QgsRectangle(*BOX))
    return {
        "valid": True,
        "crs": layer.crs().authid(),
        "geometry": QgsWkbTypes.displayString(layer.wkbType()),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "count": layer.featureCount(),
        "features": [attributes(feature) for feature in features],
        "wkt": [feature.geometry().asWkt(7) for feature in features[:20]],
        "broken": sum(not feature.geometry().isGeosValid() for feature in placed),
        "placed": len(placed),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "in_box": len(list(box_layer.getFeatures(request))),
    }


def read_filtered(base: str, expression: str) -> list[str]:
    """Return the enterprises that pass a filter which QGIS is given as a subset."""
    layer = layer_of(base, "enterprises")
    if not layer.setSubsetString(expression):
        return ["refused"]
    return [feature["enterprise_id"] for feature in layer.getFeatures()]


def tile_layer(base: str, collection: str) -> Any:
    """Return a collection as QGIS opens it from Layer > Add Vector Tile Layer."""
    url = f"{base}/ogc/collections/{collection}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    return QgsVectorTileLayer(f"type=xyz&url={url}&zmin=0&zmax=14", collection)


def drawn(layer: Any, condition: str, box: Box, path: Path) -> dict[str, float]:
    """Draw what meets a condition; return how many pixels are coloured, and their middle (EPSG:3857).

    A condition is evaluated over the attributes of the features that QGIS decoded from the tiles.
    """
    name = layer.name()
    points = name == "enterprises"
    kind = QgsWkbTypes.PointGeometry if points else QgsWkbTypes.PolygonGeometry
    style = QgsVectorTileBasicRendererStyle(name, name, kind)
    symbol = QgsMarkerSymbol if points else QgsFillSymbol
    style.setSymbol(symbol.createSimple({"color": "255,0,0,255", "outline_style": "no"}))
    style.setFilterExpression(condition)
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style])
    layer.setRenderer(renderer)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(*box))
    settings.setOutputSize(QSize(SIZE, SIZE))
    settings.setBackgroundColor(QColor("white"))
    settings.setFlag(QgsMapSettings.Antialiasing, False)  # a pixel is coloured or it is not
    job, loop = QgsMapRendererParallelJob(settings), QEventLoop()
    job.finished.connect(loop.quit)
    job.start()
    loop.exec_()
    image = job.renderedImage()
    image.save(str(path))
    red = QColor(255, 0, 0).rgb()
    found = [(x, y) for x in range(SIZE) for y in range(SIZE) if image.pixel(x, y) == red]
    step = (box[2] - box[0]) / SIZE
    return {
        "pixels": len(found),
        "x": box[0] + step * (sum(x for x, _ in found) / max(1, len(found)) + 0.5),
        "y": box[3] - step * (sum(y for _, y in found) / max(1, len(found)) + 0.5),
        "metres_a_pixel": step,
    }


def main(base: str, folder: Path) -> dict[str, Any]:
    """Return everything that was read."""
    firms, districts = tile_layer(base, "enterprises"), tile_layer(base, "districts")
    return {
        "collections": {name: read_collection(base, name) for name in COLLECTIONS},
        "filtered": read_filtered(base, "\"adcode\" = '210112'"),
        "tiles_valid": firms.isValid() and districts.isValid(),
        "drawn": {
            "all": drawn(districts, "TRUE", PROVINCE, folder / "all.png"),
            "one": drawn(districts, "\"adcode\" = '210112'", PROVINCE, folder / "one.png"),
            "none": drawn(districts, "\"adcode\" = 'x'", PROVINCE, folder / "none.png"),
            "firms": drawn(firms, "TRUE", PROVINCE, folder / "firms.png"),
            "firm": drawn(firms, f"\"enterprise_id\" = '{FIRM}'", TOWN, folder / "firm.png"),
        },
    }


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    out = main(sys.argv[1], Path(sys.argv[2]))
    application.exitQgis()
    sys.stdout.write(json.dumps(out))
