"""Prometheus metrics: requests by route and status, time, requests in flight, what is served."""

from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one application; with several workers they add up in a shared folder."""

    def __init__(self, *, shared: bool = False) -> None:
        self._shared = shared
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter(
            "clusteratlas_requests", "Requests answered", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "clusteratlas_request_seconds",
            "Time to answer",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "clusteratlas_requests_in_flight",
            "Requests being answered",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.version = Gauge(
            "clusteratlas_store_version",
            "Version of the store that is served",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self.enterprises = Gauge(
            "clusteratlas_enterprises",
            "Enterprises that are served",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        key = (route, method, status)
        child = self._children.get(key)
        if child is None:
            known = method if method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
            child = (
                self._requests.labels(route, known, str(status)),
                self._seconds.labels(route),
            )
            if len(self._children) < 2000:
                self._children[key] = child
        child[0].inc()
        child[1].observe(seconds)

    def text(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        registry = self.registry
        if self._shared:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
