"""What a turn may use of the rest of the product: the catalogue in force, the search over it, packages, the office."""

from __future__ import annotations

import copy
import hmac
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Handing
from assistant.casework.flow.talk import Built, PackageFailed
from assistant.casework.model import Case
from assistant.casework.notices.service import channels
from assistant.casework.notices.wishes import Outside
from assistant.casework.package.build import Converter
from assistant.casework.package.errors import PackageError
from assistant.casework.package.maker import PackageMaker
from assistant.casework.prefill.records import Register
from assistant.casework.results import store as results
from assistant.casework.results.store import Result
from assistant.casework.shipping import store as shipments
from assistant.casework.shipping.store import Shipment
from assistant.casework.signing import Level, policy
from assistant.foundation import metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.settings import Settings
from knowledge.archive import GuideArchive
from knowledge.catalogue import Catalogue
from knowledge.living import InService, LivingGuides
from knowledge.schema import Guide
from knowledge.search import Decision, Hit, Search

log = get_logger(__name__)
HandingOf = Callable[[str, str], Handing | None]
"""(item code, department) → how its papers get to the office."""
#: The check of a case number: its letters can be read out over a telephone without being mistaken.
_NO_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class TurnServices:
    """See the module's docstring. Thread-safe: everything held is read-only or guarded by its owner."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        blobs: BlobStore,
        keyring: KeyRing,
        guides: LivingGuides,
        office: Converter,
        office_reachable: Callable[[], bool],
        archive: GuideArchive,
        register: Register | None = None,
        counter: Counter | None = None,
        handing_of: HandingOf | None = None,
    ) -> None:
        self._settings, self._db, self._blobs, self._keyring = settings, db, blobs, keyring
        self._guides, self._office, self._reachable, self._archive = guides, office, office_reachable, archive
        self._register = register
        self._counter, self._handing_of = counter or Counter({}), handing_of
        self._pinned: InService | None = None
        self._signing = policy(settings.sign_in_to_submit)
        self.packages = PackageMaker(settings, db, blobs, office)

    def pinned(self) -> TurnServices:
        """The same, with the guides as they are at this moment, whatever is published while it is held: for one turn."""
        held = copy.copy(self)
        held._pinned = self._guides.current
        return held

    @property
    def search(self) -> Search:
        """The search over the guides being served."""
        return self._in_service.search

    @property
    def _in_service(self) -> InService:
        return self._pinned or self._guides.current

    @property
    def catalogue(self) -> Catalogue:
        """The guides being served where nothing else is said of the region: that of the settings."""
        return self.catalogue_in(None)

    def catalogue_in(self, region: str | None) -> Catalogue:
        """The guides as they are served in a region (GB/T 2260); every version served is kept for the cases begun on it."""
        code, held = region or self._settings.region, self._in_service
        found = held.catalogue.for_region(code)
        if code not in held.kept:
            self._archive.keep(found)
            held.kept.add(code)
        return found

    @property
    def register(self) -> Register | None:
        """Where enterprises, persons and their licences are looked up, with consent; None where none is configured."""
        return self._register

    @property
    def upload_max_bytes(self) -> int:
        """The largest file a citizen may send."""
        return self._settings.upload_max_bytes

    def progress_page(self) -> str | None:
        """The address of the progress page; None where we do not know under which name citizens reach us."""
        return f"{self._settings.citizens_url}/progress" if self._settings.citizens_url else None

    def name_of(self, code: str) -> str | None:
        """The official name of an item that is served."""
        guide = self.catalogue.get(code)
        return guide.name if guide is not None else None

    @property
    def notice_channels(self) -> frozenset[Outside]:
        """Where citizens may be told of their cases besides the conversation."""
        return channels(self._settings)

    def find(self, text: str) -> list[Hit]:
        """Items a sentence may mean, best first."""
        with metrics.search_seconds.time():
            return self.search.search(text)

    def decide(self, hits: Sequence[Hit], *, expected: bool = True) -> Decision:
        """Whether the hits name one item, several to choose from, or none; ``expected`` where the intent needs an item."""
        return self.search.decide(hits, expected=expected)

    def guide_of(self, case: Case) -> Guide:
        """The guide of a case.

        Raises:
            KeyError: the guide is no longer kept.
        """
        current = self.catalogue.get(case.guide_code)
        if current is not None and current.version == case.guide_version:
            return current
        return self._archive.get(case.guide_code, case.guide_version) or current or _missing(case)

    def guide_for(self, code: str) -> Guide | None:
        """The guide in force with this code, None if there is none."""
        return self.catalogue.get(code)

    def new_case_no(self, now: datetime) -> str:
        """A case number nobody can guess from another: BD, the day, eight random characters."""
        return f"BD{now:%Y%m%d}" + "".join(secrets.choice(_NO_ALPHABET) for _ in range(8))

    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built:
        """Make, check and store the package.

        Raises:
            PackageFailed: with a sentence for the citizen.
        """
        try:
            with metrics.package_seconds.time():
                made = self.packages.make(case, guide, now)
        except PackageError as error:
            metrics.document_errors_total.labels(reason=error.code).inc()
            log.error("package.failed", case_no=case.case_no, code=error.code)
            raise PackageFailed(error.message) from error
        files = [str(f["path"]) for f in made.built.manifest["files"]]
        previews = [(page.title, page.number) for page in made.previews]
        return Built(made.built.sha256, made.blob_id, files, list(made.built.notices), made.parts, previews, made.built.unsigned)

    def office_reachable(self) -> bool:
        """Whether the receiving office answers right now."""
        return self._reachable()

    def sign_in_needed(self, item: str) -> Level | None:
        """How surely it must be known who hands this item in; None where anybody may."""
        return self._signing.get(item, self._signing.get("*"))

    def parcels(self, case_no: str) -> list[Shipment]:
        """What was sent or is to be sent of a case, oldest first."""
        with self._db.read() as conn:
            return shipments.of_case(conn, case_no)

    def results(self, case_no: str) -> list[Result]:
        """What offices have made of a case and she was handed, oldest first."""
        with self._db.read() as conn:
            return results.of_case(conn, case_no)

    @property
    def counter(self) -> Counter:
        """Where slots at windows are booked."""
        return self._counter

    def handing_of(self, item: str, department: str) -> Handing | None:
        """How the papers of an item get to its office; None where it is applied for online alone."""
        return self._handing_of(item, department) if self._handing_of else None

    def hash_resume_code(self, code: str) -> str:
        """The keyed hash of a resume code, as stored with the case."""
        return self._keyring.blind_index("resume:" + code.strip().upper())

    def sign(self, text: str) -> str:
        """A keyed hash of a text of ours that goes out and comes back; it shows whether the text is unchanged."""
        return self._keyring.blind_index("signed:" + text)

    def resume_code_fits(self, code: str, stored: str) -> bool:
        """Whether a code is the one stored, compared in constant time."""
        return hmac.compare_digest(self.hash_resume_code(code), stored)


def _missing(case: Case) -> Guide:
    raise KeyError(f"{case.guide_code} {case.guide_version}")
