"""What the door counts: outcomes for Prometheus, rejections until the database has them, waits."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from models.records.delivery import DeliveryStatus

_BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Figures:
    """Counters of one process; plain numbers, because each delivery changes several."""

    def __init__(self) -> None:
        self._ended: Counter[tuple[str, str, str]] = Counter()
        self._rejected: Counter[tuple[str, str]] = Counter()
        self._waits = [0] * (len(_BOUNDS) + 1)
        self._waited = 0.0

    def end(self, vendor: str, status: DeliveryStatus, seconds: float) -> None:
        """Count a delivery that was stored, by what it is answered with and how long that took."""
        self._ended[vendor, status, ""] += 1
        self._waits[bisect_left(_BOUNDS, seconds)] += 1
        self._waited += seconds

    def reject(self, vendor: str, reason: str) -> None:
        """Count a delivery that is not stored; the next batch takes the count to the database."""
        self._ended[vendor, DeliveryStatus.REJECTED, reason] += 1
        self._rejected[vendor, reason] += 1

    def take_rejected(self) -> dict[tuple[str, str], int]:
        """Return the rejections that the database does not have; they are then the caller's."""
        taken, self._rejected = dict(self._rejected), Counter()
        return taken

    def give_back(self, rejected: dict[tuple[str, str], int]) -> None:
        """Take rejections back that could not be written."""
        self._rejected.update(rejected)

    @property
    def has_rejected(self) -> bool:
        """Whether there are rejections that the database does not have."""
        return bool(self._rejected)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as Prometheus reads them."""
        ended = CounterMetricFamily(
            "nightshift_deliveries",
            "Webhook deliveries since the gateway started, by how they ended.",
            labels=("vendor", "outcome", "reason"),
        )
        for labels, count in list(self._ended.items()):
            ended.add_metric(labels, count)
        yield ended
        yield HistogramMetricFamily(
            "nightshift_acknowledgement_seconds",
            "From the whole request to the committed delivery.",
            buckets=list(self._buckets()),
            sum_value=self._waited,
        )

    def _buckets(self) -> Iterator[tuple[str, float]]:
        total = 0
        for bound, count in zip((*map(str, _BOUNDS), "+Inf"), self._waits, strict=True):
            total += count
            yield bound, total
