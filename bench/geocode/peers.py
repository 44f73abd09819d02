"""Run one peer over addresses: ``python peers.py NAME < addresses.json > answers.json``.

Runs under the peers' own environment, hence imports nothing of this project. The answer is
``{"seconds": ..., "answers": [[adcode, city, district], ...]}`` with "" for what the peer does not say.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable

Answers = list[tuple[str, str, str]]


def run_cpca(addresses: list[str]) -> Answers:
    import cpca

    frame = cpca.transform(addresses).fillna("")
    rows = zip(frame["adcode"], frame["市"], frame["区"], strict=True)
    return [(str(code), city, district) for code, city, district in rows]


def run_addressparser(addresses: list[str]) -> Answers:
    import addressparser

    frame = addressparser.transform(addresses).fillna("")
    return [("", city, district) for city, district in zip(frame["市"], frame["区"], strict=True)]


def run_cnloc(addresses: list[str]) -> Answers:
    import cnloc
    import pandas as pd

    frame = pd.DataFrame({"address": addresses, "year": 2024})
    found = cnloc.AddressParser().parse_batch(frame, max_workers=1).fillna("")
    return [(str(code), "", "") for code in found["county_adcode"]]


def run_pygeocoding(addresses: list[str]) -> Answers:
    from geocoding import Geocoding

    engine = Geocoding()
    found = [engine.normalizing(address) for address in addresses]
    return [
        (str(a.districtId or "")[:6], a.city or "", a.district or "") if a else ("", "", "")
        for a in found
    ]


def run_quhua(addresses: list[str]) -> Answers:
    import engine

    found = [engine.resolve(address).get("codes") or {} for address in addresses]
    return [((codes.get("county") or "")[:6], "", "") for codes in found]


def run_jionlp(addresses: list[str]) -> Answers:
    import jionlp

    found = [jionlp.parse_location(address, town_village=False) for address in addresses]
    return [("", a.get("city") or "", a.get("county") or "") for a in found]


PEERS: dict[str, Callable[[list[str]], Answers]] = {
    "cpca": run_cpca,
    "addressparser": run_addressparser,
    "cnloc": run_cnloc,
    "pygeocoding": run_pygeocoding,
    "quhua": run_quhua,
    "jionlp": run_jionlp,
}


def main() -> None:
    addresses = json.load(sys.stdin)
    run = PEERS[sys.argv[1]]
    with contextlib.redirect_stdout(sys.stderr):
        run(addresses[:50])  # tables are read outside the clock
        started = time.process_time()
        answers = run(addresses)
        seconds = time.process_time() - started
    json.dump({"seconds": seconds, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
