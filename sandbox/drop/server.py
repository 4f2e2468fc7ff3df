"""An SFTP server over one folder: whoever has the right key may read and write below it, and do nothing else."""

from __future__ import annotations

import logging
import os
import socket
import threading
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_OK

from sandbox.drop.faults import DropFaults

USER = "bandao"
_POLL_S = 0.2
_BREAK_OFF_AFTER = 64
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class DropServer:
    """Listens in a thread of its own until stopped; ``port`` says where.

    Args:
        folder: what is served, with ``in`` and ``out`` in it.
        host_key: file of the server's own key, made where there is none; the public part lies beside it, ending in ``.pub``.
        client_key: file with the one public key that may sign in; read at each sign-in.
    """

    def __init__(self, folder: Path, host_key: Path, client_key: Path, faults: DropFaults) -> None:
        self._folder, self._client_key, self._faults = folder, client_key, faults
        for name in ("in", "out"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._host_key = _own_key(host_key)
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._transports: list[paramiko.Transport] = []
        self.port = 0
        self.public_key = f"{self._host_key.get_name()} {self._host_key.get_base64()}"

    def start(self, host: str, port: int) -> None:
        """Begin to listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        listener = socket.create_server((host, port))
        listener.settimeout(_POLL_S)
        self._listener, self.port = listener, listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(listener,), name="sandbox-drop", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and break off whoever is connected."""
        if self._listener is None or self._thread is None:
            return
        listener, self._listener = self._listener, None
        self._thread.join()
        listener.close()
        for transport in self._transports:
            transport.close()

    def _serve(self, listener: socket.socket) -> None:
        while self._listener is not None:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(None)
            if self._faults.take("away") == "away":
                connection.close()
                continue
            self._transports = [held for held in self._transports if held.is_active()]
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._host_key)
            transport.set_subsystem_handler("sftp", _Sftp, _Folder, self._folder, self._faults, transport)
            try:
                # With an event it returns at once: the handshake goes on in the transport's own thread.
                transport.start_server(event=threading.Event(), server=_Door(self._client_key))
            except (paramiko.SSHException, OSError, EOFError):
                transport.close()
                continue
            self._transports.append(transport)


class _Sftp(paramiko.SFTPServer):
    """The protocol; on request it does not answer."""

    def __init__(
        self, channel: paramiko.Channel, name: str, server: paramiko.ServerInterface, folder: type[_Folder], *arguments: Any
    ) -> None:
        super().__init__(channel, name, server, folder, *arguments)
        self._faults: DropFaults = arguments[1]

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        if self._faults.take("silent") == "silent":
            while channel.recv(1024):
                pass
        else:
            super().start_subsystem(name, transport, channel)

    def _process(self, kind: int, request: int, message: paramiko.Message) -> None:
        if self._faults.take("silent") == "ok":
            super()._process(kind, request, message)  # type: ignore[misc]  # the types leave it out


class _Door(paramiko.ServerInterface):
    def __init__(self, client_key: Path) -> None:
        self._client_key = client_key

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        try:
            allowed = self._client_key.read_text(encoding="ascii").split()[:2]
        except (OSError, ValueError):
            allowed = []
        right = username == USER and [key.get_name(), key.get_base64()] == allowed
        return AUTH_SUCCESSFUL if right else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _File(paramiko.SFTPHandle):
    """An open file; writing to it may fail on request."""

    def __init__(self, path: Path, flags: int, faults: DropFaults, transport: paramiko.Transport) -> None:
        super().__init__(flags)
        self._faults, self._transport = faults, transport
        mode = "r+b" if flags & os.O_RDWR else "wb" if flags & os.O_WRONLY else "rb"
        # The names are those the base class reads and writes by.
        self.readfile = self.writefile = os.fdopen(os.open(path, flags | os.O_CLOEXEC, 0o600), mode)

    def write(self, offset: int, data: Any) -> int:
        if self._faults.take("disk_full") == "disk_full":
            return SFTP_FAILURE
        if self._faults.take("breaks_off") == "breaks_off":
            super().write(offset, bytes(data)[:_BREAK_OFF_AFTER])
            self._transport.close()
            return SFTP_FAILURE
        return super().write(offset, data)

    def stat(self) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)


class _Folder(paramiko.SFTPServerInterface):
    """The folder, and nothing above it."""

    def __init__(self, server: paramiko.ServerInterface, folder: Path, faults: DropFaults, transport: paramiko.Transport) -> None:
        super().__init__(server)
        self._root, self._faults, self._transport = folder, faults, transport

    def _real(self, path: str) -> Path:
        # canonicalize resolves every ".." against "/", so nothing leads out.
        return self._root / self.canonicalize(path).lstrip("/")

    def stat(self, path: str) -> Any:
        return _told(lambda: paramiko.SFTPAttributes.from_stat(os.stat(self._real(path))))

    lstat = stat

    def list_folder(self, path: str) -> Any:
        def listed() -> list[paramiko.SFTPAttributes]:
            return [paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name) for entry in os.scandir(self._real(path))]

        return _told(listed)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        def opened() -> paramiko.SFTPHandle:
            if flags & (os.O_WRONLY | os.O_RDWR) and self._faults.take("forbidden") == "forbidden":
                raise PermissionError(13, "forbidden")
            return _File(self._real(path), flags, self._faults, self._transport)

        return _told(opened)

    def remove(self, path: str) -> int:
        return _done(lambda: self._real(path).unlink())

    def rename(self, oldpath: str, newpath: str) -> int:
        old, new = self._real(oldpath), self._real(newpath)
        return SFTP_FAILURE if new.exists() else _done(lambda: old.rename(new))

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return _done(lambda: self._real(oldpath).replace(self._real(newpath)))


def _told(work: Any) -> Any:
    try:
        return work()
    except OSError as error:
        return paramiko.SFTPServer.convert_errno(error.errno or 0)


def _done(work: Any) -> int:
    answer = _told(work)
    return answer if isinstance(answer, int) else SFTP_OK


def _own_key(path: Path) -> paramiko.PKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        path.write_bytes(private)
    key = paramiko.PKey.from_path(path)
    path.with_name(f"{path.name}.pub").write_text(f"{key.get_name()} {key.get_base64()}\n", encoding="ascii")
    return key
