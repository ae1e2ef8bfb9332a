"""Run in a kernel before all else: no connection leaves this machine, and warnings about our code are errors."""

import ipaddress
import socket
import warnings


def install():
    """Cut the network off and turn warnings into errors, for as long as this process lives."""
    connect, connect_ex, look_up, send = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
        socket.socket.sendto,
    )

    def refuse_elsewhere(address):
        host = address[0] if isinstance(address, tuple) else None  # anything else is a socket of this machine's own
        host = host.decode() if isinstance(host, bytes) else host
        if host in (None, "", "localhost"):
            return
        try:
            here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            here = False
        if not here:
            raise OSError(f"the network is cut: no connection to {host}")

    def guarded_connect(self, address):
        refuse_elsewhere(address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        refuse_elsewhere(address)
        return connect_ex(self, address)

    def guarded_send(self, data, *where):
        refuse_elsewhere(where[-1])
        return send(self, data, *where)

    def guarded_look_up(host, *args, **kwargs):
        refuse_elsewhere((host,))
        return look_up(host, *args, **kwargs)

    socket.socket.connect = guarded_connect
    socket.socket.connect_ex = guarded_connect_ex
    socket.socket.sendto = guarded_send
    socket.getaddrinfo = guarded_look_up
    for module in (r"helpers(\.|$)", r"__main__$"):
        warnings.filterwarnings("error", module=module)
