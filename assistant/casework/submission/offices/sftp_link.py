"""Connections to an SFTP server: the one host key that is right, a key file to sign in with, a few kept open.

Files come and go whole: written under another name and then renamed, read only if the size stood still meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import io
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paramiko

from assistant.casework.submission.office import OfficeUnavailable

_IDLE_KEPT = 4
_STEPS = 3
# Whatever goes wrong reaches the caller as an exception; its own lines would name files, and files name cases.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Place:
    """Where the drop is, and who is right there. ``host_key`` as ``ssh-keyscan`` prints it, without the host's name."""

    host: str
    port: int
    user: str
    folder: str
    host_key: paramiko.PKey
    key: paramiko.PKey

    @classmethod
    def read(cls, url: str, host_key: str, key_file: Path) -> Place:
        """From ``sftp://user@host:port/folder``.

        Raises:
            ValueError: what of it cannot be used: ``url``, ``host_key`` or ``key_file``.
        """
        try:
            parts = urlsplit(url)
            host, port, user = parts.hostname, parts.port or 22, parts.username
        except ValueError:
            raise ValueError("url") from None
        if parts.scheme != "sftp" or not host or not user or parts.password is not None or parts.query or parts.fragment:
            raise ValueError("url")
        try:
            kind, text = host_key.split()[:2]
            pinned = paramiko.PKey.from_type_string(kind, base64.b64decode(text, validate=True))
        except (ValueError, binascii.Error, paramiko.SSHException) as error:
            raise ValueError("host_key") from error
        try:
            own = paramiko.PKey.from_path(key_file)
        except (OSError, ValueError, TypeError, paramiko.SSHException) as error:  # TypeError: it has a passphrase
            raise ValueError("key_file") from error
        return cls(host, port, unquote(user), unquote(parts.path).rstrip("/") or ".", pinned, own)


class _Pinned(paramiko.MissingHostKeyPolicy):
    """A host that shows a key of another kind shows a wrong one."""

    def __init__(self, right: paramiko.PKey) -> None:
        self._right = right

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise paramiko.BadHostKeyException(hostname, key, self._right)


class SftpLink:
    """Sessions to one place; thread-safe. ``timeout_s`` is the longest silence; connecting takes fifteen at most."""

    def __init__(self, place: Place, timeout_s: float) -> None:
        self._place, self._timeout_s = place, timeout_s
        self._lock = threading.Lock()
        self._idle: list[tuple[paramiko.SSHClient, paramiko.SFTPClient]] = []
        self._closed = False
        self.shown: str | None = None
        """The fingerprint of the wrong host key that was shown last (``SHA256:…``)."""

    @contextmanager
    def session(self, timeout_s: float | None = None) -> Iterator[paramiko.SFTPClient]:
        """A session in the place's folder. A missing file is FileNotFoundError; everything else is told as below.

        Raises:
            OfficeUnavailable: ``no-connection``, ``host-key``, ``not-authorised``, ``server-error`` (a full disk says no more),
                ``timeout`` (broken off: nobody knows what arrived).
        """
        wait_s = timeout_s or self._timeout_s
        client, sftp = self._taken() or self._opened(wait_s)
        _wait(sftp, wait_s)  # a kept connection may have been opened by somebody more, or less, patient
        kept = False
        try:
            yield sftp
            kept = True
        except FileNotFoundError:
            kept = True
            raise
        except PermissionError as error:
            kept = True
            raise OfficeUnavailable("not-authorised") from error
        except (EOFError, TimeoutError, ConnectionError, paramiko.SSHException) as error:
            raise OfficeUnavailable("timeout") from error
        except OSError as error:
            # A server's own "Failure" has no number; a socket that is gone has, or says so.
            theirs = error.errno is None and "closed" not in str(error)
            raise OfficeUnavailable("server-error" if theirs else "timeout") from error
        finally:
            self._give_back(client, sftp, kept=kept)

    def close(self) -> None:
        """Let go of what is kept open; sessions under way end with their work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for client, _ in idle:
            client.close()

    def _taken(self) -> tuple[paramiko.SSHClient, paramiko.SFTPClient] | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                client, sftp = self._idle.pop()
            transport = client.get_transport()
            if transport is not None and transport.is_active():
                return client, sftp
            client.close()

    def _opened(self, timeout_s: float) -> tuple[paramiko.SSHClient, paramiko.SFTPClient]:
        if self._closed:
            raise OfficeUnavailable("no-connection")
        place, wait_s = self._place, min(5.0, timeout_s)
        client = paramiko.SSHClient()
        name = place.host if place.port == 22 else f"[{place.host}]:{place.port}"
        client.get_host_keys().add(name, place.host_key.get_name(), place.host_key)
        client.set_missing_host_key_policy(_Pinned(place.host_key))
        # The library waits for ever for a server that signs us in and then says nothing.
        watch = threading.Timer(_STEPS * wait_s, client.close)
        watch.daemon = True
        watch.start()
        try:
            client.connect(
                place.host, place.port, place.user, pkey=place.key, timeout=wait_s, banner_timeout=wait_s, auth_timeout=wait_s,
                channel_timeout=wait_s, look_for_keys=False, allow_agent=False,
            )  # fmt: skip
            sftp = client.open_sftp()
            _wait(sftp, timeout_s)
            sftp.chdir(place.folder)
            return client, sftp
        except Exception as error:
            client.close()
            if isinstance(error, paramiko.BadHostKeyException):
                self.shown = error.key.fingerprint
            raise OfficeUnavailable(_why(error)) from error
        finally:
            watch.cancel()

    def _give_back(self, client: paramiko.SSHClient, sftp: paramiko.SFTPClient, *, kept: bool) -> None:
        with self._lock:
            if kept and not self._closed and len(self._idle) < _IDLE_KEPT:
                self._idle.append((client, sftp))
                return
        client.close()


def _wait(sftp: paramiko.SFTPClient, timeout_s: float) -> None:
    """How long its answers are waited for, in seconds."""
    channel = sftp.get_channel()
    if channel is not None:
        channel.settimeout(timeout_s)


def write(sftp: paramiko.SFTPClient, path: str, data: bytes) -> None:
    """Put a whole file there, or none: under another name first, its size asked for, then renamed over what there was."""
    folder, _, name = path.rpartition("/")
    unfinished = f"{folder}/.{name}.{secrets.token_hex(4)}.part"
    try:
        sftp.putfo(io.BytesIO(data), unfinished, file_size=len(data), confirm=True)
        try:
            sftp.posix_rename(unfinished, path)
        except OSError:  # an older server: its rename does not replace
            with suppress(FileNotFoundError):
                sftp.remove(path)
            sftp.rename(unfinished, path)
    except Exception:
        with suppress(Exception):
            sftp.remove(unfinished)
        raise


def read(sftp: paramiko.SFTPClient, path: str, most: int) -> bytes:
    """A whole file of at most ``most`` bytes.

    Raises:
        FileNotFoundError: there is none.
        OfficeUnavailable: ``unreadable``: larger, or written while it was read.
    """
    with sftp.open(path, "rb") as file:
        before = file.stat().st_size or 0
        data = file.read(most + 1) if before <= most else b""
        if len(data) != before or file.stat().st_size != before:
            raise OfficeUnavailable("unreadable")
    return data


def size(sftp: paramiko.SFTPClient, path: str) -> int | None:
    """How many bytes a file has; None where there is none."""
    try:
        return sftp.stat(path).st_size
    except FileNotFoundError:
        return None


def _why(error: Exception) -> str:
    if isinstance(error, OfficeUnavailable):
        return error.code
    if isinstance(error, paramiko.BadHostKeyException):
        return "host-key"
    if isinstance(error, paramiko.AuthenticationException | PermissionError):
        return "not-authorised"
    if isinstance(error, FileNotFoundError):
        return "server-error"  # the folder is not there
    return "no-connection"
