"""What ``/metrics`` shows, in one registry. Labels come from closed lists (statuses, codes, routes), never from a citizen."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

turn_seconds = Histogram("bandao_turn_seconds", "Time of a turn.", ["channel"], registry=registry, buckets=_QUICK)
turns_total = Counter("bandao_turns_total", "Turns by how they ended.", ["status"], registry=registry)
engine_seconds = Histogram("bandao_engine_seconds", "Time the language engine took.", registry=registry, buckets=_QUICK)
engine_errors_total = Counter("bandao_engine_errors_total", "Failed calls of the language engine.", ["reason"], registry=registry)
search_seconds = Histogram("bandao_search_seconds", "Time of a search over the guides.", registry=registry, buckets=_QUICK)
database_write_seconds = Histogram(
    "bandao_database_write_seconds", "Time of a write transaction, waiting included.", registry=registry, buckets=_QUICK
)
limited_total = Counter("bandao_limited_total", "Messages refused for coming too fast.", ["limit"], registry=registry)
cases_total = Counter("bandao_cases_total", "Changes of status of cases.", ["status"], registry=registry)
uploads_total = Counter("bandao_uploads_total", "Uploads by result.", ["result"], registry=registry)
ocr_seconds = Histogram("bandao_ocr_seconds", "Time to read one page of an upload.", registry=registry, buckets=_SLOW)
ocr_pages_total = Counter("bandao_ocr_pages_total", "Pages of uploads by how reading them ended.", ["result"], registry=registry)
papers_total = Counter("bandao_papers_total", "Uploaded papers by what they were held for.", ["kind"], registry=registry)
document_errors_total = Counter("bandao_document_errors_total", "Documents not made.", ["reason"], registry=registry)
package_seconds = Histogram("bandao_package_seconds", "Time to build a whole package.", registry=registry, buckets=_SLOW)
submissions_total = Counter("bandao_submissions_total", "Submissions by state reached.", ["state"], registry=registry)
notices_total = Counter("bandao_notices_total", "Notices by channel and how they ended.", ["channel", "state"], registry=registry)
results_total = Counter("bandao_results_total", "Results fetched from offices by how it ended.", ["outcome"], registry=registry)
calls_total = Counter("bandao_calls_total", "Calls by picture or voice by how they ended.", ["outcome"], registry=registry)
verified_total = Counter("bandao_verified_total", "Codes of results looked up by what was found.", ["outcome"], registry=registry)
far_side_seconds = Histogram(
    "bandao_far_side_seconds", "Time a system outside took.", ["system"], registry=registry, buckets=_SLOW
)
far_side_errors_total = Counter(
    "bandao_far_side_errors_total", "Failed calls of systems outside.", ["system", "reason"], registry=registry
)
register_lookups_total = Counter(
    "bandao_register_lookups_total", "Look-ups in the register by what came of them.", ["lookup", "outcome"], registry=registry
)
desk_waiting = Gauge("bandao_desk_waiting", "Conversations waiting at the desk.", registry=registry)
desk_handed_over_total = Counter(
    "bandao_desk_handed_over_total", "Conversations the bot passed to the desk.", ["reason"], registry=registry
)
desk_wait_seconds = Histogram(
    "bandao_desk_wait_seconds", "Time from queue to claim.", registry=registry, buckets=(10, 30, 60, 120, 300, 900, 3600)
)
ratings_total = Counter("bandao_ratings_total", "Ratings (好差评) by grade.", ["score"], registry=registry)
voice_wait_seconds = Histogram(
    "bandao_voice_wait_seconds", "Time a kiosk waited for an engine others were using.", ["engine"], registry=registry,
    buckets=_QUICK,
)
voice_work_seconds = Histogram(
    "bandao_voice_work_seconds", "Time an engine of voice took.", ["engine"], registry=registry, buckets=_QUICK
)
guides_loaded = Gauge("bandao_guides_loaded", "Guides being served.", registry=registry)
guide_problems = Gauge("bandao_guide_problems", "Guide files refused at the last load.", registry=registry)


def render() -> tuple[bytes, str]:
    """The registry in Prometheus text format, and its content type."""
    return generate_latest(registry), CONTENT_TYPE_LATEST
