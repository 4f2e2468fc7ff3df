"""Every setting of the app, read once from ``BANDAO_…`` environment variables.

Each field says what it means; ``docs/settings.md`` lists them all and a test holds the two together.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from assistant.foundation import embedding_settings, wechat_settings

ROOT = Path(__file__).resolve().parents[2]
"""The folder the project lives in: guides, models and templates are found below it unless set otherwise."""

MIB = 1024 * 1024

SANDBOX_OFFICE = "sandbox"
"""What the receiving office at ``sandbox_url`` is called in the address it sends its webhooks to."""


class Settings(wechat_settings.WeChatSettings, embedding_settings.EmbeddingSettings):
    """The settings, immutable once read; ``model_copy(update={…})`` makes a variant for a test.

    What can be derived from other fields (ports, addresses, paths, generated secrets) is filled in on construction, so
    a reader never meets an empty value.

    Raises:
        pydantic.ValidationError: a value is of the wrong kind or out of range.
        OSError: a secret has to be generated and the data folder cannot be written.
    """

    model_config = SettingsConfigDict(env_prefix="BANDAO_", frozen=True, extra="ignore")

    data_dir: Path = Field(default=Path("data"), description="Folder of everything kept: database, uploads, keys, indexes.")
    host: str = Field(default="127.0.0.1", description="Address the app listens on; 0.0.0.0 for all.")
    port: int = Field(default=8080, ge=1, le=65532, description="TCP port of the app.")
    engine_port: int = Field(default=0, ge=0, le=65535, description="TCP port of the language engine on 127.0.0.1; 0 = port + 1.")
    sandbox_port: int = Field(default=0, ge=0, le=65535, description="TCP port of the sandbox; 0 = port + 2.")
    database_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy address of the database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; "
        "empty = sqlite file bandao.db in the data folder.",
    )
    fsync: Literal["full", "normal"] = Field(
        default="full",
        description="SQLite only: full = a committed turn survives a power cut; normal = faster, may lose the last turns then.",
    )
    engine_url: str = Field(default="", description="Address of the language engine; empty = http://127.0.0.1:engine_port.")
    engine_token: str = Field(
        default="", repr=False, description="Shared secret of app and engine; empty = generated into data/keys/engine.token."
    )
    sandbox_url: str = Field(default="", description="Address of the sandbox; empty = http://127.0.0.1:sandbox_port.")
    office_api_key: str = Field(
        default="",
        repr=False,
        description="Shared secret of app and receiving office; empty = generated into data/keys/office.key.",
    )
    office_webhook_secret: str = Field(
        default="",
        repr=False,
        description="Secret the receiving office signs its webhooks with; empty = generated into data/keys/office-webhook.key.",
    )
    offices: Path | None = Field(
        default=None,
        description="YAML file saying which items or departments go to which receiving office; unset = all to one.",
    )
    close_days: int = Field(default=30, ge=1, description="Days after which a delivered case nobody rated is closed.")
    draft_days: int = Field(default=90, ge=1, description="Days after which a draft nobody goes on with expires.")
    follow_seconds: float = Field(
        default=10.0,
        gt=0,
        le=86400,
        description="Seconds before an office is asked about a file, or a courier about a parcel again; webhooks make it sooner.",
    )
    register_url: str = Field(default="", description="Address of the register of enterprises and licences; empty = sandbox's.")
    register_client_id: str = Field(default="bandao", min_length=1, description="OAuth2 client identifier at the register.")
    register_client_secret: str = Field(
        default="", repr=False, description="OAuth2 client secret at the register; empty = generated into data/keys/register.key."
    )
    courier_url: str = Field(default="", description="Address of the courier; empty = sandbox's.")
    courier_api_key: str = Field(
        default="", repr=False, description="Shared secret of app and courier; empty = generated into data/keys/courier.key."
    )
    register_timeout: float = Field(
        default=2.0, gt=0, le=30, description="Seconds a look-up in the register may take, all in all; then the citizen is asked."
    )
    sandbox_smtp_port: int = Field(default=0, ge=0, le=65535, description="TCP port of the sandbox's mail server; 0 = port + 3.")
    messages_url: str = Field(default="", description="Address of the gateway for SMS and WeChat messages; empty = sandbox's.")
    messages_client_id: str = Field(default="bandao", min_length=1, description="Our account at the message gateway.")
    messages_secret: str = Field(
        default="", repr=False, description="Secret we sign messages with; empty = generated into data/keys/messages.key."
    )
    smtp_host: str = Field(default="", description="Mail server notices go out by; empty = sandbox's, where the sandbox is ours.")
    smtp_port: int = Field(default=0, ge=0, le=65535, description="Its TCP port; 0 = 587, 465 for tls, or the sandbox's.")
    smtp_security: Literal["", "starttls", "tls", "none"] = Field(
        default="", description="Encryption to the mail server; empty = starttls, none for the sandbox's."
    )
    smtp_user: str = Field(default="", description="Account at the mail server; empty = none is needed.")
    smtp_password: str = Field(default="", repr=False, description="Its password.")
    mail_from: str = Field(default="notice@bandao.example", pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="Sender of mail.")
    quiet_hours: str = Field(
        default="22:00-08:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
        description="Hours of Asia/Shanghai when notices wait, but for those in the conversation itself; empty = none.",
    )
    sandbox_seed: Path | None = Field(
        default=None, description="Folder of JSON files with fictitious persons, enterprises and licences added to the sandbox."
    )
    region: str = Field(
        default="310115", pattern=r"^\d{6}$", description="Region served when the citizen names none (GB/T 2260 code)."
    )
    rate_per_conversation: int = Field(default=60, ge=0, description="Messages a minute in one conversation; 0 = no limit.")
    rate_per_address: int = Field(default=600, ge=0, description="Messages a minute from one network address; 0 = no limit.")
    rate_verify: int = Field(
        default=30, ge=0, description="Anti-forgery codes a minute that may be looked up from one network address; 0 = no limit."
    )
    result_max_bytes: int = Field(default=20 * MIB, ge=1, description="Largest result taken from an office, in bytes.")
    kiosk_idle_seconds: int = Field(
        default=60, ge=10, le=3600, description="Seconds without a touch or a word before a kiosk asks whether anybody is there."
    )
    kiosk_countdown_seconds: int = Field(
        default=20, ge=5, le=300, description="Seconds that question stands, counted down, before the kiosk wipes itself."
    )
    token_days: int = Field(default=30, ge=1, description="Days a conversation's access token stays valid.")
    review_days: int = Field(
        default=90, ge=0, description="Days a sentence that was not understood waits, masked, to be reviewed; 0 = none is kept."
    )
    desk_hours: str = Field(
        default="09:00-17:00", description="Hours of the desk on working days, shifts separated by commas; 24h = always."
    )
    desk: Path | None = Field(
        default=None, description="YAML file of the desk's skill groups, shifts, limits and priorities; unset = one group."
    )
    desk_vanished_seconds: int = Field(
        default=90, ge=30, description="Seconds within which what an operator has returns when her console falls silent."
    )
    desk_mail: Literal["near", "missed", "off"] = Field(
        default="near", description="When supervisors with an e-mail address are written: a limit is near, missed, or never."
    )
    staff_session_hours: int = Field(default=12, ge=1, description="Hours after which a staff member signs in again.")
    staff_idle_minutes: int = Field(
        default=60, ge=1, le=24 * 60, description="Minutes without anybody doing something after which a staff session is over."
    )
    staff_passwords: Literal["all", "emergency"] = Field(
        default="all", description="Who may sign in to the console with a password: all, or only the emergency account."
    )
    staff_emergency_login: str = Field(
        default="admin", min_length=2, description="Account that keeps its password when the identity provider is away."
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(|https://\S+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?)$",
        description="Issuer of the staff's identity provider (OpenID Connect), as it names itself; empty = none.",
    )
    oidc_name: str = Field(default="统一身份认证", min_length=1, max_length=20, description="What the console calls it.")
    oidc_client_id: str = Field(default="bandao", min_length=1, description="Our client identifier there.")
    oidc_client_secret: str = Field(
        default="", repr=False, description="Our client secret there; empty = generated into data/keys/oidc.key."
    )
    oidc_scope: str = Field(default="openid profile", pattern=r"\bopenid\b", description="Scopes asked for there.")
    oidc_roles_claim: str = Field(default="groups", min_length=1, description="Claim the roles follow from; a.b = b within a.")
    oidc_roles: str = Field(
        default="", description="Which value of it gives which roles: VALUE=ROLE,ROLE;VALUE=ROLE. Empty = roles are given here."
    )
    oidc_unknown: Literal["refuse", "create"] = Field(
        default="refuse", description="Persons without an account: refuse them, or create one with the roles of their claims."
    )
    citizen_issuer: str = Field(
        default="",
        pattern=r"^(|https://\S+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?)$",
        description="Issuer of the citizens' identity provider (OpenID Connect); empty = sandbox's, where all is on one machine.",
    )
    citizen_name: str = Field(default="统一身份认证", min_length=1, max_length=20, description="What citizens call it.")
    citizen_client_id: str = Field(default="bandao", min_length=1, description="Our client identifier there.")
    citizen_client_secret: str = Field(
        default="", repr=False, description="Our client secret there; empty = generated into data/keys/citizen-oidc.key."
    )
    citizen_scope: str = Field(default="openid profile phone", pattern=r"\bopenid\b", description="Scopes asked for there.")
    citizen_levels: str = Field(
        default="phone=phone;real_name=real_name;face=face", description="Its acr values for each level: LEVEL=ACR,ACR;LEVEL=ACR."
    )
    citizen_number_claim: str = Field(
        default="id_number", min_length=1, description="Claim with a citizen's identity number; a.b = b within a."
    )
    citizen_session_minutes: int = Field(default=120, ge=5, le=24 * 60, description="Minutes a citizen stays signed in.")
    sign_in_to_submit: str = Field(
        default="", description="Who hands these items in must be signed in: ITEM=LEVEL;*=LEVEL. Empty = nobody has to."
    )
    misuse_tries: int = Field(
        default=20, ge=0, description="Case numbers, or proofs, an address may get wrong in an hour before it is slowed; 0 = any."
    )
    misuse_enterprises: int = Field(
        default=5, ge=0, description="Enterprises one address may sign in to in a day before it is slowed; 0 = any number."
    )
    upload_max_bytes: int = Field(default=20 * MIB, ge=1, description="Largest single upload, in bytes.")
    upload_max_pages: int = Field(default=50, ge=1, description="Most pages of one uploaded document.")
    ocr_wait_seconds: float = Field(
        default=6.0, ge=0, le=60, description="Seconds an upload waits to be read; then it answers, and reading goes on."
    )
    conversation_upload_max_bytes: int = Field(
        default=200 * MIB, ge=1, description="Most bytes all uploads of one conversation may take together."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severe log line written.")
    public_url: str = Field(
        default="", description="Address citizens reach us at, for the QR codes on papers; empty = http://host:port."
    )
    package_signature: Literal["ed25519", "sm2"] = Field(
        default="ed25519", description="Algorithm packages are signed with: ed25519, or sm2 (with SM3)."
    )
    soffice: str = Field(default="soffice", description="LibreOffice program used to convert documents (name or path).")
    clamd_socket: Path | None = Field(
        default=None, description="Unix socket of a ClamAV daemon that checks uploads; unset = only the built-in checks."
    )
    embedding_model: str = Field(
        default="static",
        description="Embedding model of the search: static = the one trained here; or a sentence-transformers name or path.",
    )
    guides_dir: Path = Field(default=ROOT / "knowledge" / "guides", description="Folder of the item guides.")
    templates_dir: Path = Field(default=ROOT / "knowledge" / "templates", description="Folder of the Word templates.")
    models_dir: Path = Field(default=ROOT / "models", description="Folder of trained models and search indexes.")

    voice_recogniser: str = Field(
        default="auto", pattern=r"^(auto|sherpa|whisper|off|[\w.]+:\w+)$",
        description="What hears at a kiosk: sherpa (the city's model), whisper, module:Class, off; auto = the first two in turn.",
    )  # fmt: skip
    voice_recogniser_folder: Path | None = Field(
        default=None, description="Folder of the model sherpa-onnx hears with: SenseVoice, streaming Paraformer or zipformer."
    )
    voice_activity: Literal["auto", "silero", "energy"] = Field(
        default="auto", description="What hears whether somebody speaks: Silero, or loudness alone; auto = Silero where it runs."
    )
    voice_threads: int = Field(default=2, ge=1, le=32, description="Processor threads the recogniser may use.")
    voice_synthesiser: str = Field(
        default="auto", pattern=r"^(auto|sherpa|fastspeech|espeak|off|[\w.]+:\w+)$",
        description="What speaks: auto = the city's own model, else the demo's voice, else espeak-ng; or module:Class, or off.",
    )  # fmt: skip
    voice_synthesiser_folder: Path | None = Field(
        default=None, description="Folder of a sherpa-onnx voice (VITS, Matcha or Kokoro); unset = none."
    )
    voice_speaker: int = Field(default=0, ge=0, description="Speaker of that voice, where it has several.")
    voice_speed: float = Field(default=1.0, ge=0.5, le=2.0, description="Speed of speech: 1 = ordinary, 0.8 = calmer.")
    voice_volume: float = Field(default=1.0, ge=0, le=2, description="Loudness of speech: 1 = as the voice makes it.")
    voice_start: int = Field(
        default=8, ge=0, le=200, description="Kiosks that may listen for somebody to speak to them, at once; 0 = none."
    )
    voice_espeak: str = Field(default="espeak-ng", min_length=1, description="The espeak-ng program (name or path).")

    video_calls: bool = Field(default=True, description="Whether citizens and staff can talk by picture and voice.")
    video_stun_urls: str = Field(default="", description="STUN servers of calls, as stun:HOST:PORT, commas between.")
    video_turn_urls: str = Field(default="", description="TURN servers of calls, as turn: or turns: addresses, commas between.")
    video_turn_secret: str = Field(default="", repr=False, description="Secret shared with them (coturn's static-auth-secret).")
    video_recording: bool = Field(default=True, description="Whether staff may ask to record a call; she is asked each time.")
    video_recording_days: int = Field(default=30, ge=1, description="Days a recording of a call is kept.")

    @field_validator(
        "sandbox_seed", "clamd_socket", "offices", "voice_recogniser_folder", "voice_synthesiser_folder", mode="before"
    )
    @classmethod
    def _nothing(cls, given: object) -> object:
        """A variable set to nothing is not set: as a path it would mean the present folder."""
        return None if isinstance(given, str) and not given.strip() else given

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        """Derive what was left open. Written into ``__dict__`` because the model is frozen for everybody else."""
        filled = self.__dict__
        ours = not self.sandbox_url
        for name in ("data_dir", "guides_dir", "templates_dir", "models_dir", "sandbox_seed", "clamd_socket", "offices",
                     "container_keys", "voice_recogniser_folder", "voice_synthesiser_folder"):  # fmt: skip
            if filled[name] is not None:
                # Child processes start in other folders: a relative path would mean another place there.
                filled[name] = filled[name].expanduser().absolute()
        for offset, name in enumerate(("engine_port", "sandbox_port", "sandbox_smtp_port"), start=1):
            filled[name] = filled[name] or self.port + offset
        filled["public_url"] = (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
        filled["engine_url"] = (self.engine_url or f"http://127.0.0.1:{self.engine_port}").rstrip("/")
        if not self.smtp_host and not self.sandbox_url:
            filled["smtp_host"], filled["smtp_port"] = "127.0.0.1", self.sandbox_smtp_port
            filled["smtp_security"] = "none"
        filled["smtp_security"] = self.smtp_security or "starttls"
        filled["smtp_port"] = self.smtp_port or (465 if self.smtp_security == "tls" else 587)
        filled["sandbox_url"] = (self.sandbox_url or f"http://127.0.0.1:{self.sandbox_port}").rstrip("/")
        if not self.citizen_issuer and ours and self.citizens_url is None:
            filled["citizen_issuer"] = f"{self.sandbox_url}/citizens"
        filled["database_url"] = _database_url(self.database_url, self.data_dir)
        filled["engine_token"] = self.engine_token or _secret(self.keys_dir / "engine.token")
        filled["messages_url"] = (self.messages_url or f"{self.sandbox_url}/messages").rstrip("/")
        filled["messages_secret"] = self.messages_secret or _secret(self.keys_dir / "messages.key")
        filled["register_url"] = (self.register_url or f"{self.sandbox_url}/register").rstrip("/")
        filled["register_client_secret"] = self.register_client_secret or _secret(self.keys_dir / "register.key")
        filled["courier_url"] = (self.courier_url or f"{self.sandbox_url}/courier").rstrip("/")
        filled["courier_api_key"] = self.courier_api_key or _secret(self.keys_dir / "courier.key")
        filled["citizen_client_secret"] = self.citizen_client_secret or _secret(self.keys_dir / "citizen-oidc.key")
        filled["oidc_client_secret"] = self.oidc_client_secret or _secret(self.keys_dir / "oidc.key")
        filled["office_api_key"] = self.office_api_key or _secret(self.keys_dir / "office.key")
        filled["office_webhook_secret"] = self.office_webhook_secret or _secret(self.keys_dir / "office-webhook.key")
        wechat_settings.fill_in(filled, self.sandbox_url, lambda: _secret(self.keys_dir / "wechat.key"))
        return self

    @property
    def citizens_url(self) -> str | None:
        """``public_url`` where a citizen's own phone can open it; None where it names this machine only."""
        host = urlsplit(self.public_url).hostname or ""
        with suppress(ValueError):
            if (address := ip_address(host)).is_loopback or address.is_unspecified:
                return None
        return self.public_url if host and host != "localhost" else None

    @property
    def keys_dir(self) -> Path:
        """Folder of the key ring and the generated secrets, readable by the service's account only."""
        return self.data_dir / "keys"

    @property
    def keyring_path(self) -> Path:
        """The key ring file (see ``crypto.KeyRing.open``)."""
        return self.keys_dir / "keyring.json"

    @property
    def blobs_dir(self) -> Path:
        """Folder of the encrypted uploads and packages (see ``blobs.BlobStore``)."""
        return self.data_dir / "blobs"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read on first use. ``get_settings.cache_clear()`` forgets them (tests)."""
    return Settings()


def _database_url(given: str, data_dir: Path) -> str:
    """``given`` with the driver this project uses, or the SQLite file in the data folder."""
    if not given:
        return f"sqlite:///{data_dir / 'bandao.db'}"
    for short in ("postgres://", "postgresql://"):
        if given.startswith(short):
            return "postgresql+psycopg://" + given.removeprefix(short)
    return given


def _secret(path: Path) -> str:
    """The secret kept in ``path``; made, with mode 0600, by whichever process comes first."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        # A hard link fails if the name exists: of two processes starting at once, the second reads the first one's secret.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
