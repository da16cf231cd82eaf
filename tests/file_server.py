"""A server of files on this machine that delivers them well or badly."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Serves ``files`` under ``/<behaviour>/<name>``, some of them badly."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.requests = []
        self.released = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        behaviour, name = self.path.strip("/").split("/")
        content = self.server.files.get(name)
        wanted = self.headers.get("Range")
        self.server.requests.append((behaviour, wanted))
        if content is None or behaviour == "missing":
            self.send_error(404)
            return
        start = 0
        if wanted and behaviour != "norange":
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(content):
                self.send_error(416)
                return
        body = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if behaviour == "truncate":
            body = body[: -(-len(body) // 2)]
        elif behaviour == "corrupt":
            body = bytes(byte ^ 1 for byte in body)
        elif behaviour == "stall":
            body = body[:50_000]
        self.wfile.write(body)
        if behaviour == "stall":
            self.wfile.flush()
            self.server.released.wait(10)

    def log_message(self, *_):
        pass


@contextmanager
def running(files: dict[str, bytes]):
    """Serve ``files``, names and contents, while the context lasts."""
    with Server(files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()
