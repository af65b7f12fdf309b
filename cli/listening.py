"""Taking a port, before anything starts, so that a taken port changes nothing."""

from __future__ import annotations

import errno
import socket

from persistence.errors import ErrorKind, KaihuError


class PortInUse(KaihuError):
    """Something else listens on the port. Fields: `port`, `setting`."""

    code = "port_in_use"
    kind = ErrorKind.CONFLICT
    en = "Port {port} is already in use. Stop the other program or choose another with {setting}."
    zh = "端口 {port} 已被占用，请停止占用程序，或用 {setting} 指定其他端口。"


class AddressNotOurs(KaihuError):
    """This machine has no such address. Fields: `host`."""

    code = "address_not_ours"
    en = "This machine cannot listen at {host}: it is not one of its addresses."
    zh = "无法在 {host} 上监听：该地址不属于本机。"


def listen(host: str, port: int, *, setting: str) -> socket.socket:
    """The listening socket; `setting` is where people choose the port. Raises PortInUse, AddressNotOurs."""
    try:
        return socket.create_server((host, port), family=_family(host))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port=port, setting=setting) from error
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise AddressNotOurs(host=host) from error
        raise


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
