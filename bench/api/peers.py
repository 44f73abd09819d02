"""Start this API and its peers over the same points: PostGIS with tipg and pygeoapi, MapServer.

Needs Debian's postgresql, postgis, cgi-mapserver, lighttpd, and a virtual environment with tipg and
pygeoapi (their pins differ from ours): ``--venv``. What is missing is left out and said so.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PG = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/none"))
PORTS = {
    "postgres": 54999,
    "ours": 8301,
    "ceiling": 8302,
    "tipg": 8303,
    "pygeoapi": 8304,
    "mapserver": 8305,
}
COLUMNS = (
    "enterprise_id,origin,name,legal_name,kind,uscc,sectors,roles,city,adcode,district,address,"
    "precision,radius_m,confidence,evidence,coord_source,status,registered,capital"
)


@dataclass
class Peer:
    """A running server: its port, and the processes whose CPU time counts."""

    name: str
    port: int
    pids: list[int] = field(default_factory=list)


class Bench:
    """Everything that was started; stops what it started."""

    def __init__(self, store: Path, folder: Path, venv: Path | None) -> None:
        self.store, self.folder, self.venv = store, folder, venv
        self.started: list[subprocess.Popen[bytes]] = []
        self.peers: dict[str, Peer] = {}
        self.postgres = 0

    def __enter__(self) -> "Bench":
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def start(self, name: str, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("wb")
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **environment}, cwd=self.folder
        )
        self.started.append(process)
        return process

    def serve(self, name: str, path: str, command: list[str], **environment: str) -> None:
        process = self.start(name, command, **environment)
        if wait_for(PORTS[name], path):
            self.peers[name] = Peer(name, PORTS[name], [process.pid])
        else:
            print(f"{name}: did not start, see {self.folder / name}.log", flush=True)

    # --- the servers -----------------------------------------------------------------------
    def ours(self) -> None:
        program = str(Path(sys.executable).with_name("clusteratlas"))
        command = [program, "serve", "--store", str(self.store), "--port", str(PORTS["ours"])]
        # Without a line of log for each request, as the others are started.
        given = {"CLUSTERATLAS_TILE_CACHE_BYTES": "0", "CLUSTERATLAS_LOG_LEVEL": "warning"}
        self.serve("ours", "/readyz", command, **given)

    def ceiling(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "--app-dir", str(Path(__file__).parent)]
        command += ["ceiling:app", "--port", str(PORTS["ceiling"]), "--no-access-log"]
        self.serve("ceiling", "/readyz", command, CLUSTERATLAS_STORE=str(self.store))

    def database(self) -> bool:
        """Start a private PostgreSQL with the same points and attributes."""
        if not (PG / "initdb").exists():
            print("PostgreSQL is not installed: tipg, pygeoapi and MapServer are left out")
            return False
        data = self.folder / "pg"
        shutil.rmtree(data, ignore_errors=True)
        shutil.chown(self.folder, "postgres")
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_postgres, PG / "initdb", "-D", data, "-A", "trust"],
            check=True,
            capture_output=True,
        )
        port = str(PORTS["postgres"])
        options = ["-D", str(data), "-p", port, "-k", str(self.folder)]
        process = self.start("postgres", [*as_postgres, str(PG / "postgres"), *options])
        self.postgres = process.pid
        psql = [*as_postgres, "psql", "-h", "127.0.0.1", "-p", port, "-qX", "-d", "postgres"]
        for _ in range(100):
            if (
                subprocess.run(
                    [*psql, "-c", "SELECT 1"], capture_output=True, check=False
                ).returncode
                == 0
            ):
                break
            time.sleep(0.2)
        subprocess.run([*psql, "-c", "CREATE EXTENSION postgis"], check=True)
        return self._load(psql)

    def _load(self, psql: list[str]) -> bool:
        target = f"PG:host=127.0.0.1 port={PORTS['postgres']} user=postgres dbname=postgres"
        copy = ["ogr2ogr", "-f", "PostgreSQL", target, str(self.store), "-nln", "enterprises"]
        sql = f"SELECT fid, geom, {COLUMNS} FROM enterprises WHERE lon IS NOT NULL"
        copy += ["-sql", sql, "-lco", "FID=fid", "-lco", "GEOMETRY_NAME=geom", "-preserve_fid"]
        copy += ["-nlt", "POINT", "--config", "PG_USE_COPY", "YES", "-a_srs", "EPSG:4326"]
        subprocess.run(copy, check=True)
        subprocess.run([*psql, "-c", "VACUUM ANALYZE enterprises"], check=True)
        return True

    def tipg(self) -> None:
        if self.venv is None:
            return
        url = f"postgresql://postgres@127.0.0.1:{PORTS['postgres']}/postgres"
        command = [str(self.venv / "bin/uvicorn"), "tipg.main:app", "--port", str(PORTS["tipg"])]
        self.serve(
            "tipg",
            "/healthz",
            [*command, "--no-access-log"],
            DATABASE_URL=url,
            POSTGRES_USER="postgres",
            POSTGRES_PASS="x",
            POSTGRES_HOST="127.0.0.1",
            POSTGRES_PORT=str(PORTS["postgres"]),
            POSTGRES_DBNAME="postgres",
            TIPG_MAX_FEATURES_PER_TILE="100000",
        )
        self._with_database("tipg")

    def pygeoapi(self) -> None:
        if self.venv is None:
            return
        config = self.folder / "pygeoapi.yml"
        config.write_text(PYGEOAPI.format(port=PORTS["pygeoapi"], postgres=PORTS["postgres"]))
        paths = {
            "PYGEOAPI_CONFIG": str(config),
            "PYGEOAPI_OPENAPI": str(self.folder / "openapi.yml"),
        }
        generate = [str(self.venv / "bin/pygeoapi"), "openapi", "generate", str(config)]
        done = subprocess.run(
            [*generate, "--output-file", paths["PYGEOAPI_OPENAPI"]],
            env={**os.environ, **paths},
            check=False,
            capture_output=True,
        )
        if done.returncode != 0:
            print("pygeoapi:", done.stderr.decode()[-300:])
            return
        command = [str(self.venv / "bin/gunicorn"), "pygeoapi.flask_app:APP", "--workers", "1"]
        command += ["--threads", "4", "--bind", f"127.0.0.1:{PORTS['pygeoapi']}"]
        self.serve("pygeoapi", "/conformance?f=json", command, **paths)
        self._with_database("pygeoapi")

    def mapserver(self) -> None:
        if not shutil.which("lighttpd") or not Path("/usr/lib/cgi-bin/mapserv").exists():
            print("MapServer or lighttpd is not installed: left out")
            return
        (self.folder / "bench.map").write_text(
            MAPFILE.format(postgres=PORTS["postgres"], port=PORTS["mapserver"])
        )
        (self.folder / "mapserver.conf").write_text(MAPCONF.format(folder=self.folder))
        web = self.folder / "lighttpd.conf"
        web.write_text(LIGHTTPD.format(folder=self.folder, port=PORTS["mapserver"]))
        path = "/bench/ogcapi/collections?f=json"
        self.serve(
            "mapserver",
            path,
            ["lighttpd", "-D", "-f", str(web)],
            MAPSERVER_CONFIG_FILE=str(self.folder / "mapserver.conf"),
        )
        self._with_database("mapserver")

    def _with_database(self, name: str) -> None:
        if name in self.peers:
            self.peers[name].pids.append(self.postgres)


def wait_for(port: int, path: str) -> bool:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return True
    return False


PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  languages: [en-US]
  limits: {{default_items: 10, max_items: 10000}}
  map: {{url: "http://127.0.0.1/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: b, description: b, keywords: [b], keywords_type: theme,
    terms_of_service: b, url: http://127.0.0.1}}
  license: {{name: b, url: http://127.0.0.1}}
  provider: {{name: b, url: http://127.0.0.1}}
  contact: {{name: b, position: b, address: b, city: b, stateorprovince: b, postalcode: b,
    country: b, phone: b, fax: b, email: b, url: http://127.0.0.1, hours: b,
    instructions: b, role: b}}
resources:
  enterprises:
    type: collection
    title: e
    description: e
    keywords: [e]
    links: []
    extents: {{spatial: {{bbox: [118, 38, 126, 44], crs: http://www.opengis.net/def/crs/OGC/1.3/CRS84}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: 127.0.0.1, port: {postgres}, dbname: postgres, user: postgres,
          password: x, search_path: [public]}}
        id_field: fid
        table: enterprises
        geom_field: geom
"""

MAPFILE = """
MAP
  NAME "bench"
  EXTENT 118 38 126 44
  SIZE 256 256
  PROJECTION "init=epsg:4326" END
  WEB
    METADATA
      "oga_title" "bench"
      "oga_onlineresource" "http://127.0.0.1:{port}/bench/ogcapi"
      "oga_enable_request" "*"
      "ows_enable_request" "*"
      "ows_srs" "EPSG:4326 EPSG:3857"
    END
  END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER MVT
    FORMATOPTION "EDGE_BUFFER=10"
    EXTENSION "pbf"
  END
  LAYER
    NAME "enterprises"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "host=127.0.0.1 port={postgres} user=postgres dbname=postgres"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom FROM enterprises USING UNIQUE fid USING SRID=4326"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "x"
    METADATA
      "oga_title" "enterprises"
      "gml_include_items" "all"
      "gml_featureid" "fid"
      "ows_include_items" "all"
      "oga_max_limit" "10000"
    END
  END
  LAYER
    NAME "far"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "host=127.0.0.1 port={postgres} user=postgres dbname=postgres"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom FROM enterprises USING UNIQUE fid USING SRID=4326"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "x"
    METADATA
      "gml_include_items" "sectors,origin,precision,status,adcode"
      "gml_featureid" "fid"
    END
  END
  LAYER
    NAME "near"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "host=127.0.0.1 port={postgres} user=postgres dbname=postgres"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom FROM enterprises USING UNIQUE fid USING SRID=4326"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "x"
    METADATA
      "gml_include_items" "sectors,origin,precision,status,adcode,enterprise_id,name"
      "gml_featureid" "fid"
    END
  END
END
"""

MAPCONF = """
CONFIG
  ENV
    OGCAPI_HTML_TEMPLATE_DIRECTORY "/usr/share/mapserver/ogcapi/templates/html-plain/"
    MS_MAP_PATTERN "."
  END
  MAPS
    bench "{folder}/bench.map"
  END
END
"""

LIGHTTPD = """
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
server.max-keep-alive-requests = 100000
server.modules = ("mod_fastcgi")
fastcgi.server = ("/" => (("bin-path" => "/usr/lib/cgi-bin/mapserv", "socket" => "{folder}/ms.sock",
  "min-procs" => 1, "max-procs" => 1, "check-local" => "disable", "fix-root-scriptname" => "enable")))
"""
