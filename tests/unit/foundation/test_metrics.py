"""Metrics: one registry, named after the product, with labels from closed lists."""

from __future__ import annotations

from assistant.foundation import metrics
from assistant.foundation.database import Database

LABELS = {"channel", "status", "method", "route", "code", "reason", "limit", "result", "kind", "state", "system", "score", "lookup", "outcome",
          "engine"}  # fmt: skip


def test_what_was_counted_is_rendered() -> None:
    metrics.turns_total.labels(status="answered").inc()
    metrics.turn_seconds.labels(channel="web").observe(0.003)
    text, content_type = metrics.render()
    assert b'bandao_turns_total{status="answered"}' in text
    assert b'bandao_turn_seconds_bucket{channel="web",le="0.005"}' in text
    assert content_type.startswith("text/plain")


def test_no_label_could_hold_something_personal() -> None:
    own = [each for each in vars(metrics).values() if hasattr(each, "_labelnames")]
    assert len(own) > 15
    for metric in own:
        assert metric._name.startswith("bandao_")
        assert set(metric._labelnames) <= LABELS


def test_write_transactions_are_timed(db: Database) -> None:
    def count() -> float:
        return metrics.registry.get_sample_value("bandao_database_write_seconds_count") or 0

    before = count()
    with db.write():
        pass
    assert count() == before + 1
