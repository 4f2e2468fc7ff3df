"""The app, put together in one place as a list one can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from actions.registry import executor
from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.service import BookingRounds
from assistant.casework.clocks.sweep import ClockSweep
from assistant.casework.ending import Ending
from assistant.casework.events import Consumer
from assistant.casework.notices.service import NoticeService
from assistant.casework.package.maker import package_keys
from assistant.casework.package.office import OfficeWorker
from assistant.casework.package.shelf import FormShelf
from assistant.casework.prefill.register import HttpRegister
from assistant.casework.results.collecting import Collector
from assistant.casework.rounds import Job, Rounds
from assistant.casework.shipping.courier import HttpCourier
from assistant.casework.shipping.service import Shipping
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import ReceivingOffice
from assistant.casework.submission.offices import by_hand
from assistant.casework.submission.offices import config as offices_config
from assistant.casework.submission.offices.by_item import ByItem, item_of
from assistant.casework.submission.offices.credit_office import ITEM, PREFIX, CreditOffice
from assistant.casework.submission.offices.routing import Routed, whose
from assistant.casework.submission.webhooks import Door, Standard
from assistant.casework.submission.workflow import SubmissionService
from assistant.casework.usage import Usage
from assistant.conversation import case_news, masked_talk
from assistant.conversation.chat_notices import ChatNotices
from assistant.conversation.far_side import CaseSink, package_loader
from assistant.conversation.handing_over import ResultNews
from assistant.conversation.hub import Hub
from assistant.conversation.limits import RateLimiter
from assistant.conversation.ownership import Ownership
from assistant.conversation.parcel_news import ParcelNews
from assistant.conversation.review_list import ReviewList
from assistant.conversation.services import TurnServices
from assistant.conversation.turn import TurnRunner
from assistant.desk.books import Entry
from assistant.desk.lead import Lead
from assistant.desk.lookout import Lookout
from assistant.desk.queue import Desk
from assistant.desk.rounds import EVERY_S, LIMITS_EVERY_S, DeskRounds
from assistant.engine.gateway import EngineGateway
from assistant.engine.training import refresh_catalogue
from assistant.foundation import logging
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.messages import t
from assistant.foundation.settings import SANDBOX_OFFICE, Settings, get_settings
from channels import desk_mail, problems, registry
from channels.api import (
    browsing,
    cards,
    cases,
    conversations,
    engine_actions,
    events,
    guides,
    handovers,
    health,
    messages,
    offices,
    package,
    progress,
    results,
    shipments,
    understand,
    uploads,
)
from channels.console import routes as console
from channels.console import sso
from channels.console.guides_due import keep_publishing
from channels.kiosk import proofs as kiosk_proofs
from channels.kiosk import routes as kiosk
from channels.parts import Parts
from channels.signin import by_phone
from channels.signin import cases as own_cases
from channels.signin import routes as signin
from channels.signin import serving as signing
from channels.video import console as video_console
from channels.video import routes as video
from channels.video.recordings import Keeping
from channels.visits import Visits
from channels.voice import door
from channels.voice import routes as voice
from channels.web import guide_pages, handover_page, progress_page, verify_page
from channels.web import routes as web
from channels.widget.cors import Embedding
from knowledge.archive import GuideArchive
from knowledge.catalogue import Catalogue
from knowledge.living import InService, LivingGuides
from knowledge.search import Search

log = logging.get_logger(__name__)
API = (
    conversations, messages, uploads, cards, events, cases, package, progress, browsing, guides, offices, results, shipments,
    understand, handovers, health,
)  # fmt: skip


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """Make the app. Nothing is started before its lifespan begins; the database must be migrated."""
    settings = settings or get_settings()
    logging.configure(settings.log_level)
    sso.rules(settings)  # a mapping of roles that is none stops the start, not somebody's sign-in
    signing.names(settings)
    parts = _parts(settings, clock or SystemClock())
    app = FastAPI(title="Bandao", version="1", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.parts, app.state.actions = parts, executor(parts.runner)
    problems.install(app)
    app.add_middleware(Visits, settings=settings)
    app.add_middleware(Embedding, settings=settings)
    for module in API:
        app.include_router(module.router)
    app.include_router(engine_actions.router)
    app.include_router(console.router)
    app.include_router(guide_pages.router)
    app.include_router(progress_page.router)
    app.include_router(verify_page.router)
    app.include_router(handover_page.router)
    app.include_router(kiosk.router)
    app.include_router(kiosk_proofs.router)
    app.include_router(voice.router)
    app.include_router(door.router)
    app.include_router(video.router)
    app.include_router(video_console.router)
    app.include_router(signin.router)
    app.include_router(by_phone.router)
    app.include_router(own_cases.router)
    app.include_router(web.router)
    app.state.doors = registry.opened(app, parts)
    return app


def _parts(settings: Settings, clock: Clock) -> Parts:
    keyring = KeyRing.open(settings.keyring_path)
    db = Database(settings.database_url, keyring, settings.fsync)
    blobs = BlobStore(settings.blobs_dir, keyring)
    archive = GuideArchive(settings.data_dir / "guide_versions")
    guides = _guides(settings, clock, archive)
    office = OfficeWorker(settings)
    engine = EngineGateway(settings)
    desk = Desk(settings, Ownership())
    hub = Hub()
    sink, chat, parcel_news = CaseSink(db, clock), ChatNotices(), ParcelNews(db)
    register = HttpRegister(
        settings.register_url, settings.register_client_id, settings.register_client_secret, timeout_s=settings.register_timeout
    )
    routes = offices_config.load(settings.offices) if settings.offices is not None else None
    receiving = _receiving(settings, db, blobs, register, guides, clock, routes)
    courier = HttpCourier(settings.courier_url, settings.courier_api_key)
    submissions = SubmissionService(settings, db, package_loader(db, blobs), sink, office=receiving)
    doors: dict[str, Door] = {SANDBOX_OFFICE: Standard(settings.office_webhook_secret), **(routes.doors() if routes else {})}
    counter = Counter(by_hand.windows(routes) if routes is not None else {})
    services = TurnServices(
        settings,
        db,
        blobs,
        keyring,
        guides,
        office,
        submissions.office_reachable,
        archive,
        register,
        counter,
        partial(by_hand.handing, routes) if routes is not None else None,
    )
    runner = TurnRunner(db=db, engine=engine, services=services, desk=desk, outbox=submissions, hub=hub, clock=clock)
    runner.pinned = services.pinned
    runner.review = ReviewList(keyring, settings.review_days)
    parts = Parts(
        settings=settings,
        clock=clock,
        db=db,
        blobs=blobs,
        hub=hub,
        identity=sso.provider(settings, clock),
        citizens=signing.provider(settings, clock),
        guides=guides,
        services=services,
        runner=runner,
        engine=engine,
        submissions=submissions,
        desk=desk,
        lead=Lead(desk, Ownership()),
        office=office,
        register=register,
        office_doors=doors,
        rounds=Rounds(db, []),
        desk_rounds=Rounds(db, []),
        notices=NoticeService(settings, db, chat, clock, register, services.name_of),
        lookout=Lookout(partial(_who_waits, db, desk)),
        usage=Usage(db, clock),
        forms=FormShelf(settings.data_dir / "forms", settings.templates_dir, office),
        per_conversation=RateLimiter(settings.rate_per_conversation),
        per_address=RateLimiter(settings.rate_per_address),
        sign_in_tries=RateLimiter(10),
        verify_tries=RateLimiter(settings.rate_verify),
        per_door=RateLimiter(door.PER_MINUTE),
        shipping=Shipping(db, courier, clock, parcel_news, follow_s=settings.follow_seconds),
    )
    sink.announce = chat.announce = parcel_news.wake = parts.announce
    parts.rounds.jobs.extend(parts.notices.jobs())
    _results(parts, receiving)
    sweep = ClockSweep(db, clock, services.guide_of, services.guide_for, case_news.tell, parts.announce)
    parts.rounds.jobs.append(Job("clocks", 60.0, sweep.run))
    written = desk_mail.letters(settings, db, desk, parts.notices.providers.get("email"))
    at_desk = DeskRounds(db, desk, clock, parts.announce, written)
    parts.desk_rounds.jobs += [Job("desk", EVERY_S, at_desk.run), Job("desk limits", LIMITS_EVERY_S, at_desk.watch)]
    parts.rounds.jobs.append(Job("desk letters", LIMITS_EVERY_S, at_desk.write))
    bookings = BookingRounds(db, counter, clock)
    parts.notices.reminders.bookings = bookings.on
    parts.rounds.jobs.append(Job("bookings", 5.0, bookings.run))
    parts.rounds.jobs.append(Job("calls", 2.0, video.calls_of(parts).sweep))
    kept = Keeping(db, blobs, clock, settings.video_recording_days)
    parts.rounds.jobs.append(Job("recordings", 60.0, kept.run))
    ending = Ending(db, clock, close_days=settings.close_days, draft_days=settings.draft_days)
    parts.rounds.jobs.append(Job("ending", 60.0, ending.run))
    return parts


def _who_waits(db: Database, desk: Desk) -> Sequence[Entry]:
    with db.read() as conn:
        return desk.waiting(conn)


def _receiving(
    settings: Settings, db: Database, blobs: BlobStore, register: HttpRegister, guides: LivingGuides, clock: Clock,
    routes: offices_config.Offices | None,
) -> ReceivingOffice:  # fmt: skip
    """Where packages go: the usual office, and for some items one of their own."""

    def issuer() -> str:
        guide = guides.catalogue.get(ITEM)
        return (guide.department if guide else None) or t("casework.who_office")

    usual = HttpOffice(settings.sandbox_url, settings.office_api_key)
    credit = CreditOffice(
        db, blobs, package_keys(settings), register, clock, issuer=issuer, verify_url=f"{settings.public_url}/verify",
        fictitious=settings.register_url.startswith(settings.sandbox_url),
    )  # fmt: skip
    usual_ones = ByItem(usual, {ITEM: (PREFIX, credit)}, lambda case_no: item_of(db, case_no))
    if routes is None:
        return usual_ones

    def department_of(code: str) -> str:
        guide = guides.catalogue.get(code)
        return (guide.department if guide else None) or ""

    return Routed(
        db, clock, usual_ones, routes.open(clock, lambda number: whose(db, number)), routes.choose,
        item_of=lambda case_no: item_of(db, case_no), department_of=department_of,
    )  # fmt: skip


def _results(parts: Parts, receiving: ReceivingOffice) -> None:
    """The rounds that fetch results: what was approved is noted, and asked for until it is there."""
    settings = parts.settings
    verify_url = f"{settings.public_url}/verify"
    news = ResultNews(verify_url)
    news.announce = parts.announce
    collector = Collector(
        parts.db, parts.blobs, parts.services.packages.keys, news, parts.clock, guide_of=parts.services.guide_of,
        office_of=lambda _case_no, _part: receiving, verify_url=verify_url, max_bytes=settings.result_max_bytes,
    )  # fmt: skip
    collector.nothing_to_come = parts.notices.planner.nothing_to_come
    approved = Consumer(parts.db, "results", collector.expect, ["status"])
    heeding = Consumer(parts.db, "shipments", parts.shipping.heed, ["result", "receiving"])

    def collect() -> None:
        approved.run()
        collector.round()

    def send() -> None:
        heeding.run()
        parts.shipping.round()

    parts.rounds.jobs.append(Job("results", 2.0, collect))
    parts.rounds.jobs.append(Job("shipments", 5.0, send))


def _guides(settings: Settings, clock: Clock, archive: GuideArchive) -> LivingGuides:
    def prepare(state: InService) -> None:
        archive.keep_last([*state.catalogue.guides.values(), *state.catalogue.components.values()])
        archive.keep(state.catalogue.for_region(settings.region))
        state.kept.add(settings.region)

    def changed(state: InService) -> None:
        try:
            refresh_catalogue(settings.models_dir, settings.guides_dir, state.catalogue.all())
        except OSError as error:  # the engine goes on with the names it has; items are found all the same
            log.warning("guides.names_unwritten", error=type(error).__name__)

    return LivingGuides(
        settings.guides_dir,
        lambda so_far, day: Catalogue.load(settings.guides_dir, so_far, day, archive.earlier),
        lambda catalogue, so_far: Search.build(catalogue, settings.models_dir, settings.embedding_model, previous=so_far),
        clock,
        prepare=prepare,
        changed=changed,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    parts.loop = asyncio.get_running_loop()
    # Before anybody is let in: after a restart all who waited come at once, and it would take its second from them.
    dictionary = asyncio.create_task(asyncio.to_thread(masked_talk.prepare))
    await asyncio.to_thread(parts.submissions.start)
    parts.guides.start()
    parts.desk.seats.listening_since = parts.clock.now()
    parts.rounds.start()
    parts.desk_rounds.start()
    publishing = asyncio.create_task(keep_publishing(parts))
    for channel in app.state.doors:
        await channel.start()
    await dictionary
    try:
        yield
    finally:
        for channel in app.state.doors:
            await channel.stop()
        publishing.cancel()
        await asyncio.to_thread(parts.rounds.stop)
        await asyncio.to_thread(parts.desk_rounds.stop)
        await asyncio.to_thread(parts.guides.stop)
        await asyncio.to_thread(parts.submissions.stop)
        await parts.engine.close()
        await asyncio.to_thread(parts.office.close)
        parts.register.close()
        parts.shipping.close()
        parts.services.counter.close()
        parts.notices.close()
        parts.db.dispose()
