"""A cluster of one: this process."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from clusteratlas.store.batch.cluster import Cluster


class Here(Cluster):
    """Does the work where it is asked for."""

    def __init__(self) -> None:
        super().__init__(None, "here")

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        return [function(*arguments)]

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(function, items)
