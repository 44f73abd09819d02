"""Ask one provider: from the cache, else at its pace, within its quota, and again when it stumbles."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from geopy.exc import GeopyError

from clusteratlas.errors import GeocodingError, QuotaError
from clusteratlas.geo.geocoding.providers.base import Grade, OnlineProvider, ProviderAnswer
from clusteratlas.geo.geocoding.providers.cache import AnswerCache, account_of
from clusteratlas.geo.geocoding.providers.failures import rule_for, to_ours

ATTEMPTS: Final = 4
"""Requests per address at most."""

LONGEST_WAIT_S: Final = 60.0
"""A provider that asks for a longer pause is left alone for that long."""

_FIRST_WAIT_S: Final = 0.5
_DAY_S: Final = 86_400.0
NEGATIVE_DAYS: Final = 14
"""How long it is believed that a provider does not know an address."""

BEIJING: Final = timezone(timedelta(hours=8))
"""The providers' days end at midnight in Beijing."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, replaceable in tests."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(slots=True)
class Tally:
    """What a provider was asked in this run."""

    cached: int = 0
    asked: int = 0
    requests: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a provider may be asked, and how long its answers are believed."""

    rate_per_s: float = 3.0
    per_day: int = 5_000
    days: int = 180


@dataclass(slots=True)
class Asker:
    """One provider with its cache, pace and quota; safe to share between threads.

    Parameters
    ----------
    geocoder
        The provider, without any state of its own.
    cache
        Where answers and quotas are kept.
    limits
        Requests per second and day; days that an answer is kept.
    """

    geocoder: OnlineProvider
    cache: AnswerCache
    limits: Limits = Limits()
    clock: Clock = Clock()
    tally: Tally = field(default_factory=Tally)
    _lock: Any = field(default_factory=threading.Lock, repr=False)
    _next_slot: float = 0.0

    @property
    def name(self) -> str:
        """Return the provider's name, as in ``--provider``."""
        return self.geocoder.name

    @property
    def title(self) -> str:
        """Return the provider's Chinese name."""
        return self.geocoder.title

    @property
    def _account(self) -> str:
        return account_of(self.geocoder.name, self.geocoder.api_key)

    def grade(self, answer: ProviderAnswer) -> Grade:
        """Return precision and radius of an answer."""
        return self.geocoder.grade(answer)

    def ask(self, query: str, city: str = "") -> ProviderAnswer | None:
        """Return the provider's answer, None if it knows no such address.

        Parameters
        ----------
        query
            Normalised address.
        city
            Name of its city, "" if unknown.

        Raises
        ------
        AccessRefusedError
            If the key is refused.
        QuotaError
            If the quota is used up; ``retry_after`` says for how long.
        GeocodingError
            If there is no usable answer after all attempts.
        """
        kept, answer = self.cache.find(self.name, query, city, now=self.clock.now())
        if kept:
            self.tally.cached += 1
            return answer
        try:
            answer = self._request(query, city)
        except GeocodingError:
            self.tally.failed += 1
            raise
        self.tally.asked += 1
        days = self.limits.days if answer is not None else min(NEGATIVE_DAYS, self.limits.days)
        expires = self.clock.now() + days * _DAY_S
        self.cache.keep(self.name, query, city, answer, expires=expires)
        return answer

    def tidy(self) -> None:
        """Remove expired answers from the cache."""
        self.cache.forget_expired(now=self.clock.now())

    def _request(self, query: str, city: str) -> ProviderAnswer | None:
        for attempt in range(1, ATTEMPTS + 1):
            self._admit()
            try:
                location = self.geocoder.geocode(query, city=city)
                return None if location is None else self.geocoder.describe(location)
            except GeopyError as error:
                self._wait_or_raise(error, attempt)
        raise AssertionError  # the last attempt raises

    def _wait_or_raise(self, error: GeopyError, attempt: int) -> None:
        """Sleep before the next attempt, or raise our error if another will not help."""
        rule = rule_for(error)
        asked_for = getattr(error, "retry_after", None)
        if rule.error is QuotaError and not rule.retried:
            raise self._blocked(error, self._seconds_to_midnight())
        if asked_for is not None and asked_for > LONGEST_WAIT_S:
            raise self._blocked(error, min(float(asked_for), _DAY_S))
        if not rule.retried or attempt == ATTEMPTS:
            raise to_ours(self.name, error, retry_after=asked_for) from error
        backoff = _FIRST_WAIT_S * 2.0 ** (attempt - 1) * (1.0 + self.clock.chance())
        self.clock.sleep(max(backoff, float(asked_for or 0.0)))

    def _blocked(self, error: GeopyError, seconds: float) -> QuotaError:
        reason = str(to_ours(self.name, error))
        until = self.clock.now() + seconds
        self.cache.block(self._account, until=until, reason=reason)
        return _quota_error(reason, until, seconds)

    def _admit(self) -> None:
        """Wait for this provider's next slot and count the request."""
        now = self.clock.now()
        block = self.cache.blocked(self._account, now=now)
        if block is not None:
            raise _quota_error(block[1], block[0], block[0] - now)
        day = datetime.fromtimestamp(now, BEIJING).date().isoformat()
        if not self.cache.count_request(self._account, day, limit=self.limits.per_day):
            seconds = self._seconds_to_midnight()
            reason = f"{self.name}: {self.limits.per_day:,} requests made today, the limit set"
            raise _quota_error(reason, now + seconds, seconds)
        with self._lock:
            self.tally.requests += 1
            start = max(self._next_slot, self.clock.monotonic())
            self._next_slot = start + 1.0 / self.limits.rate_per_s
        wait = start - self.clock.monotonic()
        if wait > 0:
            self.clock.sleep(wait)

    def _seconds_to_midnight(self) -> float:
        now = datetime.fromtimestamp(self.clock.now(), BEIJING)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()


def _quota_error(reason: str, until: float, seconds: float) -> QuotaError:
    when = datetime.fromtimestamp(until, BEIJING).strftime("%Y-%m-%d %H:%M")
    return QuotaError(f"{reason}; again from {when} Beijing time", retry_after=seconds)
