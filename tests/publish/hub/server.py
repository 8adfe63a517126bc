"""A small model hub on loopback: enough of the protocol to publish and to download, with faults to order.

It keeps repositories in memory. Large files arrive by LFS, or by Xet when the client prefers that.
"""

import base64
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from tests.publish.hub.xet import assemble

WRITE, READ = "hf_" + "w" * 34, "hf_" + "r" * 34
USER = "ada"
_ROLES = {WRITE: "write", READ: "read"}
_LARGE = (".safetensors", ".parquet", ".bin")
_HANG = 60.0  # seconds


@dataclass
class Fault:
    """What goes wrong at a step: the next ``times`` requests of it.

    ``kind`` is an HTTP status, or one of these: ``page`` (a proxy's, 502); ``cut`` (the connection ends before the
    request is read); ``lost`` (the request is done, the connection ends before the reply); ``gone`` (so it is, and
    nothing is answered from then on); ``hang``; ``mute`` (the request is done, and never answered); ``damage`` (a byte
    of what comes or goes is flipped); ``race`` (someone else commits first).
    """

    step: str
    kind: int | str
    times: int = 10**6


@dataclass
class Repo:
    """A repository: files of each commit, commits of each branch."""

    private: bool
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def commit(self, branch: str, files: dict[str, bytes]) -> str:
        seed = f"{len(self.log)}{branch}{sorted((name, hashlib.sha256(c).hexdigest()) for name, c in files.items())}"
        oid = hashlib.sha1(seed.encode()).hexdigest()
        self.commits[oid] = files
        self.branches[branch] = oid
        self.log.append(oid)
        return oid


class Hub:
    """What the server knows."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.lfs: dict[str, bytes] = {}
        self.xorbs: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.steps: Counter[str] = Counter()
        self.url = ""
        self.has_xet = True

    def files(self, repo: str, revision: str = "main") -> dict[str, bytes]:
        """Files of a repository (``models/NS/NAME``) at a branch or commit, but for what the hub itself put there."""
        found = self.repos[repo]
        commit = found.commits[found.branches.get(revision, revision)]
        return {path: content for path, content in commit.items() if path != ".gitattributes"}

    def commits(self, repo: str) -> int:
        """Commits of a repository after the first one, which the hub makes."""
        return len(self.repos[repo].log) - 1 if repo in self.repos else 0

    def create(self, repo: str, private: bool = False) -> Repo:
        self.repos[repo] = Repo(private)
        self.repos[repo].commit("main", {".gitattributes": b"*.safetensors filter=lfs\n"})
        return self.repos[repo]

    def take_fault(self, step: str) -> int | str | None:
        for fault in self.faults:
            if fault.step == step and fault.times > 0:
                fault.times -= 1
                return fault.kind
        return None


class CutError(Exception):
    """The connection is to be ended without a reply."""


class HttpError(Exception):
    """A reply that is an error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


_REPO = r"(?P<repo>(?:models|datasets|spaces)/[\w.-]+/[\w.-]+)"
_FILE_REPO = r"/(?P<dataset>datasets/)?(?P<name>[\w.-]+/[\w.-]+)"
ROUTES = [
    ("GET", r"/api/whoami-v2", "whoami"),
    ("POST", r"/api/repos/create", "create"),
    ("POST", r"/api/validate-yaml", "validate"),
    ("POST", rf"/api/{_REPO}/preupload/(?P<rev>[^/]+)", "preupload"),
    ("POST", rf"/api/{_REPO}/commit/(?P<rev>[^/]+)", "commit"),
    ("POST", rf"/api/{_REPO}/branch/(?P<rev>[^/]+)", "branch"),
    ("GET", rf"/api/{_REPO}/xet-(?:write|read)-token/(?P<rev>[^/]+)", "xet_token"),
    ("GET", rf"/api/{_REPO}/tree/(?P<rev>[^/]+)(?:/(?P<path>.+))?", "tree"),
    ("GET", rf"/api/{_REPO}(?:/revision/(?P<rev>[^/]+))?", "info"),
    ("POST", rf"{_FILE_REPO}\.git/info/lfs/objects/batch", "batch"),
    ("PUT", r"/lfs/(?P<oid>\w{64})", "put"),
    ("POST", r"/lfs-verify", "verify"),
    ("POST", r"/cas/v1/xorbs/default/(?P<oid>\w{64})", "xorb"),
    ("POST", r"/cas/v1/shards", "shard"),
    ("HEAD", rf"{_FILE_REPO}/resolve/(?P<rev>[^/]+)/(?P<path>.+)", "head"),
    ("GET", rf"{_FILE_REPO}/resolve/(?P<rev>[^/]+)/(?P<path>.+)", "resolve"),
]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: Hub

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        for method, pattern, step in ROUTES:
            match = re.fullmatch(pattern, path) if method == self.command else None
            if match:
                return self._answer(step, match)
        self._body()
        self._reply(404, {"error": f"no route {self.command} {path}"})

    do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815

    def _answer(self, step: str, match: re.Match[str]) -> None:
        self.hub.steps[step] += 1
        fault = self.hub.take_fault(step)
        if fault == "cut":
            return self._cut()
        body = self._body()
        if fault == "hang":
            time.sleep(_HANG)
            return self._cut()
        if fault == "page":
            return self._reply(502, b"<html>Bad Gateway</html>")
        if isinstance(fault, int):
            return self._reply(fault, {"error": f"fault of {step}"})
        if fault == "race":
            repo = self.hub.repos[match["repo"]]
            repo.commit(unquote(match["rev"]), {**repo.commits[repo.branches["main"]], "other.txt": b"other"})
        if fault == "damage" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        self._damage = fault == "damage"
        try:
            handle: Callable[[re.Match[str], bytes], None] = getattr(self, f"_{step}")
            if fault in ("lost", "gone", "mute"):
                self._reply = lambda *args, **kwargs: None  # type: ignore[method-assign]
                handle(match, body)
                if fault == "gone":
                    self.hub.faults += [Fault(step, "cut") for _, _, step in ROUTES]
                time.sleep(_HANG if fault == "mute" else 0)
                return self._cut()
            handle(match, body)
        except HttpError as error:
            headers = {"X-Error-Code": error.code} if error.code else {}
            self._reply(error.status, {"error": error.message}, headers)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _reply(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _role(self) -> str:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return _ROLES.get(token, "")

    def _repo_of(self, match: re.Match[str], write: bool = False) -> Repo:
        kind = "datasets" if match.groupdict().get("dataset") else "models"
        name = match.groupdict().get("repo") or f"{kind}/{match['name']}"
        repo = self.hub.repos.get(name)
        if (write or (repo and repo.private)) and not self._role():
            raise HttpError(401, "Invalid username or password.")
        if repo is None:
            raise HttpError(404, "Repository not found", "RepoNotFound")
        if write and self._role() != "write":
            raise HttpError(403, "You don't have the rights to write here")
        return repo

    def _commit_of(self, repo: Repo, match: re.Match[str]) -> str:
        revision = match.groupdict().get("rev") or "main"
        oid = repo.branches.get(revision, revision)
        if oid not in repo.commits:
            raise HttpError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return oid

    def _whoami(self, _: re.Match[str], __: bytes) -> None:
        if not self._role():
            raise HttpError(401, "Invalid credentials in Authorization header")
        auth = {"accessToken": {"role": self._role(), "displayName": "test"}}
        self._reply(200, {"type": "user", "name": USER, "orgs": [], "auth": auth})

    def _create(self, _: re.Match[str], body: bytes) -> None:
        asked = json.loads(body)
        namespace = asked.get("organization") or USER
        if self._role() != "write" or namespace != USER:
            raise HttpError(403, f"You don't have the rights to create a repo under the namespace {namespace!r}")
        name = f"{asked.get('type', 'model')}s/{namespace}/{asked['name']}"
        if name in self.hub.repos:
            raise HttpError(409, "You already created this repo")
        self.hub.create(name, asked.get("visibility") == "private")
        self._reply(200, {"url": f"{self.hub.url}/{name.removeprefix('models/')}"})

    def _validate(self, _: re.Match[str], body: bytes) -> None:
        try:
            head = yaml.safe_load(json.loads(body)["content"].split("---")[1])
        except yaml.YAMLError as error:
            return self._reply(400, {"errors": [{"message": str(error)}], "warnings": []})
        if "forbidden" in head.get("tags", []):
            return self._reply(400, {"errors": [{"message": '"tags" has a forbidden one'}], "warnings": []})
        return self._reply(200, {"errors": [], "warnings": []})

    def _preupload(self, match: re.Match[str], body: bytes) -> None:
        repo = self._repo_of(match, write=True)
        files = repo.commits[self._commit_of(repo, match)]
        self._reply(200, {"files": [_mode(one["path"], files) for one in json.loads(body)["files"]]})

    def _batch(self, match: re.Match[str], body: bytes) -> None:
        self._repo_of(match, write=True)
        objects = []
        for one in json.loads(body)["objects"]:
            actions = {
                "upload": {"href": f"{self.hub.url}/lfs/{one['oid']}"},
                "verify": {"href": f"{self.hub.url}/lfs-verify"},
            }
            objects.append({**one, **({} if one["oid"] in self.hub.lfs else {"actions": actions})})
        self._reply(200, {"transfer": "basic", "objects": objects})

    def _put(self, match: re.Match[str], body: bytes) -> None:
        assert "Authorization" not in self.headers
        if hashlib.sha256(body).hexdigest() != match["oid"]:
            raise HttpError(400, "The SHA256 you specified did not match the calculated checksum")
        self.hub.lfs[match["oid"]] = body
        self._reply(200, {})

    def _verify(self, _: re.Match[str], body: bytes) -> None:
        asked = json.loads(body)
        if len(self.hub.lfs.get(asked["oid"], b"")) != asked["size"]:
            raise HttpError(404, "no such object")
        self._reply(200, {})

    def _xet_token(self, match: re.Match[str], _: bytes) -> None:
        self._repo_of(match, write=True)
        if not self.hub.has_xet:
            raise HttpError(404, "Xet is not enabled")
        self._reply(200, {"accessToken": "xet", "exp": int(time.time()) + 3600, "casUrl": f"{self.hub.url}/cas"})

    def _xorb(self, match: re.Match[str], body: bytes) -> None:
        self.hub.xorbs[match["oid"]] = body
        self._reply(200, {"was_inserted": True})

    def _shard(self, _: re.Match[str], body: bytes) -> None:
        for content in assemble(body, self.hub.xorbs):
            self.hub.lfs[hashlib.sha256(content).hexdigest()] = content
        self._reply(200, {"result": 1})

    def _commit(self, match: re.Match[str], body: bytes) -> None:
        repo = self._repo_of(match, write=True)
        tip = self._commit_of(repo, match)
        lines = [json.loads(line) for line in body.splitlines()]
        (header,) = (line["value"] for line in lines if line["key"] == "header")
        if header.get("parentCommit") not in (None, tip):
            raise HttpError(412, "A commit has happened since. Please refresh and try again.")
        files = dict(repo.commits[tip])
        for line in lines:
            self._apply(line["key"], line["value"], files)
        oid = repo.commit(match["rev"], files)
        name = match["repo"].removeprefix("models/")
        self._reply(200, {"commitOid": oid, "commitUrl": f"{self.hub.url}/{name}/commit/{oid}"})

    def _apply(self, key: str, value: dict[str, Any], files: dict[str, bytes]) -> None:
        if key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "lfsFile":
            if value["oid"] not in self.hub.lfs:
                raise HttpError(400, "LFS pointer pointed to a file that does not exist")
            files[value["path"]] = self.hub.lfs[value["oid"]]
        elif key == "deletedFile":
            files.pop(value["path"])

    def _branch(self, match: re.Match[str], _: bytes) -> None:
        repo = self._repo_of(match, write=True)
        repo.branches.setdefault(match["rev"], repo.branches["main"])
        self._reply(200, {})

    def _info(self, match: re.Match[str], _: bytes) -> None:
        repo = self._repo_of(match)
        oid = self._commit_of(repo, match)
        name = match["repo"].partition("/")[2]
        files = [{"rfilename": path} for path in repo.commits[oid]]
        self._reply(200, {"id": name, "sha": oid, "private": repo.private, "tags": [], "siblings": files})

    def _tree(self, match: re.Match[str], _: bytes) -> None:
        repo = self._repo_of(match)
        files = repo.commits[self._commit_of(repo, match)]
        if match["path"] and not any(path.startswith(match["path"] + "/") for path in files):
            raise HttpError(404, "no such folder", "EntryNotFound")
        self._reply(200, [_entry(path, content) for path, content in files.items()])

    def _head(self, match: re.Match[str], _: bytes) -> None:
        repo = self._repo_of(match)
        oid = self._commit_of(repo, match)
        content = repo.commits[oid].get(match["path"])
        if content is None:
            self._reply(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": oid})
            return
        self._reply(200, content, {"X-Repo-Commit": oid, "ETag": f'"{_etag(match["path"], content)}"'})

    def _resolve(self, match: re.Match[str], body: bytes) -> None:
        repo = self._repo_of(match)
        oid = self._commit_of(repo, match)
        content = repo.commits[oid].get(match["path"], b"")
        if self._damage:
            content = content[:-1] + bytes([content[-1] ^ 1])
        self._reply(200, content, {"X-Repo-Commit": oid, "ETag": f'"{_etag(match["path"], content)}"'})


def _mode(path: str, files: dict[str, bytes]) -> dict[str, Any]:
    mode = {"path": path, "uploadMode": "lfs" if path.endswith(_LARGE) else "regular", "shouldIgnore": False}
    return mode | ({"oid": _etag(path, files[path])} if path in files else {})


def _etag(path: str, content: bytes) -> str:
    if path.endswith(_LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


def _entry(path: str, content: bytes) -> dict[str, Any]:
    entry = {"type": "file", "path": path, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
    if path.endswith(_LARGE):
        oid = hashlib.sha256(content).hexdigest()
        return entry | {"lfs": {"oid": oid, "size": len(content), "pointerSize": 134}}
    return entry | {"oid": _etag(path, content)}


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub that answers on loopback until the block ends."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
