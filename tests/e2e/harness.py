# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What the end-to-end tests share: a world of their own, and cases that clean up after themselves.

A test program declares cases with @case and ends with main(). main() starts the program again as
the first process of a new PID and mount namespace, so that nothing can outlive it, not even if it
is killed: no process, no mount. In there:

- a tmpfs over /run (or over the nearest existing folder of a socket directory elsewhere), so that
  sockets, utab and lock files are private;
- /dev/fuse with mode 0666, as distributions set it;
- a passwd file that also knows the ordinary user, for the programs that ask for a name;
- a tmpfs with copies of the programs under test, the helper once more as setuid root.

The output is TAP (docs/hacking.md, "Tests"). Every case is followed by a look at what it left
behind: a process, a mount or a loop device that is still there fails it.
"""

import argparse
import ctypes
import errno
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
import traceback

import wire

INSIDE = "FSV_E2E_INSIDE"
TIMEOUT = 20  # seconds that any one step may take; nothing here takes more than one or two
USER_ID = 54321
SERVICE_ID = 54322
ROOT, USER = "root", "an ordinary user"
EXAMPLES = ("service_ll", "service_hl", "null")
LOOP_CTL_GET_FREE, LOOP_CONFIGURE, LO_AUTOCLEAR, LO_READ_ONLY = 0x4C82, 0x4C0A, 4, 1

cases = []


class Skip(Exception):
    """This machine lacks what the case needs."""


def case(name, *variants):
    """Declare a case; with variants, one case for each, which gets the variant as its argument."""
    def add(function):
        for variant in variants or ((),):
            values = variant if isinstance(variant, tuple) else (variant,)
            cases.append((name.format(*values), function, values))
        return function
    return add


def check(truth, what):
    if not truth:
        raise AssertionError(what)


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


def contains(text, part, what):
    if part not in text:
        raise AssertionError(f"{what}: no {part!r} in {text!r}")


def fails_with(number, function, *args, **more):
    """The call raises OSError with this errno."""
    try:
        function(*args, **more)
    except OSError as e:
        if e.errno == number:
            return
        raise AssertionError(f"wanted {errno.errorcode[number]}, got {e}") from e
    raise AssertionError(f"wanted {errno.errorcode[number]}, it succeeded")


def wait_for(truth, what, seconds=TIMEOUT):
    end = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.01)


def unescape(field):
    return re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), field)


class Mount:
    """A line of mountinfo(5)."""

    def __init__(self, line):
        left, right = line.split(" - ")
        left, right = left.split(" "), right.split(" ")
        self.id, self.point = int(left[0]), unescape(left[4])
        self.options = left[5].split(",")
        self.propagation = " ".join(left[6:])
        self.type, self.source = right[0], unescape(right[1])
        self.super_options = right[2].split(",")


def all_mounts(path="/proc/self/mountinfo"):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as f:
        return [Mount(line.rstrip("\n")) for line in f]


def processes():
    """{pid: (parent, name)} of all processes that are not zombies."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as f:
                    line = f.read()
            except OSError:
                continue
            name, rest = line[line.index("(") + 1:line.rindex(")")], line[line.rindex(")") + 2:]
            state, parent = rest.split()[:2]
            if state != "Z":
                found[int(entry)] = (int(parent), name)
    return found


def umount(path, flags=0):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.umount2(os.fsencode(path), flags):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)


def open_loop(path, read_only=False):
    """(fd, name) of a loop device that goes with its last user."""
    try:
        control = os.open("/dev/loop-control", os.O_RDWR | os.O_CLOEXEC)
    except OSError as e:
        raise Skip(f"no loop devices: {e}") from e
    backing = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    flags = LO_AUTOCLEAR | (LO_READ_ONLY if read_only else 0)
    # struct loop_config {fd, block_size, struct loop_info64, reserved}; lo_flags is the only
    # field of loop_info64 that is set.
    config = struct.pack("=II52xI240x", backing, 512, flags)
    for _ in range(20):
        number = fcntl.ioctl(control, LOOP_CTL_GET_FREE)
        device = os.open(f"/dev/loop{number}", os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.ioctl(device, LOOP_CONFIGURE, config)
            break
        except OSError as e:
            os.close(device)
            if e.errno != errno.EBUSY:  # EBUSY: another test took it in between
                raise
    else:
        raise Skip("no free loop device")
    os.close(backing)
    os.close(control)
    return device, f"/dev/loop{number}"


class World:
    """Where the programs under test are, inside the namespaces."""

    def __init__(self, build):
        self.build = build
        with open(f"{build}/meson-info/intro-buildoptions.json", encoding="utf-8") as f:
            option = {o["name"]: o["value"] for o in json.load(f)}
        self.socket_dir = option["service-socket-dir"]
        self.conf = os.path.join(option["prefix"], option["sysconfdir"], "fuse.conf")
        self.sanitized = option["b_sanitize"] != "none"
        self.root = tempfile.mkdtemp(prefix="fsv-e2e-")
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "fsv-e2e", self.root)
        self.copy_programs(build)
        self.cover_run()
        self.open_fuse_device()
        self.name_user()
        self.cover_conf()

    def copy_programs(self, build):
        self.bin = f"{self.root}/bin"
        os.mkdir(self.bin)
        for name in EXAMPLES:
            if os.path.exists(f"{build}/server/examples/{name}"):
                shutil.copy(f"{build}/server/examples/{name}", self.bin)
        self.helper = shutil.copy(f"{build}/helper/fuservicemount3", self.bin)
        self.setuid_helper = shutil.copy(self.helper, f"{self.bin}/fuservicemount3-setuid")
        os.chmod(self.setuid_helper, 0o4755)

    def cover_run(self):
        top = self.socket_dir
        while not os.path.isdir(top):
            top = os.path.dirname(top)
        if self.socket_dir.startswith("/run/"):
            top = "/run"
        check(top != "/", f"cannot hide {self.socket_dir} from this machine")
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "fsv-e2e", top)
        os.makedirs(self.socket_dir, exist_ok=True)

    def cover_conf(self):
        """A private fuse.conf, empty at first."""
        if not os.path.exists(self.conf):
            folder = os.path.dirname(self.conf)
            check(os.path.isdir(folder) and folder != "/etc", f"no folder for {self.conf}")
            run("mount", "-t", "tmpfs", "-o", "mode=0755", "fsv-e2e", folder)
            with open(self.conf, "x", encoding="utf-8"):
                pass
            return
        copy = f"{self.root}/fuse.conf"
        with open(copy, "x", encoding="utf-8"):
            pass
        run("mount", "--bind", copy, self.conf)

    def open_fuse_device(self):
        node = f"{self.root}/fuse"
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(10, 229))
        os.chmod(node, 0o666)
        run("mount", "--bind", node, "/dev/fuse")

    def name_user(self):
        copy = f"{self.root}/passwd"
        shutil.copy("/etc/passwd", copy)
        with open(copy, "a", encoding="utf-8") as f:
            f.write(f"fsv-e2e:x:{USER_ID}:{USER_ID}::/nonexistent:/bin/sh\n")
        run("mount", "--bind", copy, "/etc/passwd")
        equal(pwd.getpwuid(USER_ID).pw_name, "fsv-e2e", "the ordinary user's name")


def run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT)


class Activated:
    """A real service behind systemd-socket-activate: one instance for each connection.

    The instances run as a user without any rights, as they do under systemd.
    """

    def __init__(self, world, folder, subtype, program, mode=0o666, options=(), environment=None):
        self.path = f"{world.socket_dir}/{subtype}"
        self.log = f"{folder}/{subtype}.log"
        words = ["systemd-socket-activate", "--seqpacket", "--accept", "--listen", self.path]
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                words.append(f"--setenv={name}")
        words += [f"--setenv={name}={value}" for name, value in (environment or {}).items()]
        words += ["setpriv", f"--reuid={SERVICE_ID}", f"--regid={SERVICE_ID}", "--clear-groups",
                  "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                  f"{world.bin}/{program}", *options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        wait_for(self.is_listening, f"{self.path} to be listened on")
        os.chmod(self.path, mode)

    def is_listening(self):
        check(self.process.poll() is None, "systemd-socket-activate: " + self.output())
        return "Listening on " in self.output()

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def instances(self):
        return [pid for pid, (parent, _) in processes().items() if parent == self.process.pid]

    def statuses(self):
        """The exit statuses of the instances that have ended, in their order."""
        return [int(n) for n in re.findall(r"died with code (\d+)", self.output())]

    def wait_end(self, statuses):
        """All instances have ended, with these exit statuses."""
        wait_for(lambda: len(self.statuses()) >= len(statuses) and not self.instances(),
                 f"{len(statuses)} instances to end; output: {self.output()}")
        equal(self.statuses(), list(statuses), f"exit statuses of {self.path}; {self.output()}")

    def stop(self):
        left = self.instances()
        self.process.terminate()
        self.process.wait(TIMEOUT)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        os.unlink(self.path)
        return left


class Result:
    """How a program ended."""

    def __init__(self, process):
        out, err = process.communicate(timeout=TIMEOUT)
        self.status = process.returncode
        self.out, self.err = (o.decode(errors="replace") for o in (out, err))

    def __repr__(self):
        return f"exit {self.status}, stdout {self.out!r}, stderr {self.err!r}"

    def is_exit(self, status):
        equal(self.status, status, f"exit status ({self!r})")
        return self


class Test:
    """What a case works with."""

    def __init__(self, world):
        self.world = world
        self.folder = tempfile.mkdtemp(prefix="case-", dir=world.root)
        os.chmod(self.folder, 0o755)
        self.cleanup = []
        self.left = []

    # Places

    def directory(self, name, owner=0, mode=0o755):
        path = f"{self.folder}/{name}"
        os.mkdir(path)
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return path

    def home(self, who=USER):
        """The caller's own folder, which no one else can enter."""
        return self.directory("home", self.id_of(who), 0o700)

    def image(self, path, size=65536, owner=0, mode=0o600):
        """A file with content that differs from place to place."""
        content = b"".join(struct.pack(">I", i * 2654435761 & 0xFFFFFFFF) for i in range(size // 4))
        with open(path, "wb") as f:
            f.write(content)
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return content

    def loop(self, path, read_only=False):
        """A loop device that goes with the case."""
        device, name = open_loop(path, read_only)
        self.cleanup.append(lambda: os.close(device))
        return name

    # Callers

    @staticmethod
    def id_of(who):
        return 0 if who == ROOT else USER_ID

    def start(self, words, who=ROOT, cwd=None, **more):
        identity = {} if who == ROOT else {
            "user": USER_ID, "group": USER_ID, "extra_groups": []}
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=cwd or self.folder, **identity, **more)

    def run(self, words, who=ROOT, cwd=None, **more):
        return Result(self.start(words, who, cwd, **more))

    def helper_words(self, words, who):
        return [self.world.helper if who == ROOT else self.world.setuid_helper, *words]

    def start_helper(self, *words, who=ROOT, cwd=None):
        # The search for leaks needs ptrace, which the helper closes itself off from.
        asan = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        return self.start(self.helper_words(words, who), who, cwd,
                          env={**os.environ, "ASAN_OPTIONS": asan})

    def helper(self, *words, who=ROOT, cwd=None):
        return Result(self.start_helper(*words, who=who, cwd=cwd))

    def as_user(self, function, *args):
        """Call a function as the ordinary user, in a child: its result, or its OSError."""
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 99
            try:
                os.close(reader)
                os.setgroups([])
                os.setresgid(USER_ID, USER_ID, USER_ID)
                os.setresuid(USER_ID, USER_ID, USER_ID)
                try:
                    result = {"value": function(*args)}
                except OSError as e:
                    result = {"errno": e.errno}
                os.write(writer, json.dumps(result).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        with os.fdopen(reader, "rb") as f:
            data = f.read()
        _, status = os.waitpid(pid, 0)
        check(status == 0, "the child failed")
        result = json.loads(data)
        if "errno" in result:
            raise OSError(result["errno"], os.strerror(result["errno"]))
        return result["value"]

    # Services

    def program(self, name):
        path = f"{self.world.bin}/{name}"
        if not os.path.exists(path):
            raise Skip(f"built without {name}")
        return path

    def activate(self, program, subtype=None, **more):
        self.program(program)
        service = Activated(self.world, self.folder, subtype or program, program, **more)
        self.cleanup.append(lambda: self.left.extend(
            f"process {pid} of {service.path}" for pid in service.stop()))
        return service

    def listen(self, subtype="scripted", mode=0o666):
        """A socket that the case itself serves."""
        path = f"{self.world.socket_dir}/{subtype}"
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.bind(path)
        os.chmod(path, mode)
        sock.listen(8)
        sock.settimeout(TIMEOUT)
        self.cleanup.append(lambda: (sock.close(), os.unlink(path)))
        return sock

    def accept(self, listener):
        sock, _ = listener.accept()
        service = wire.Service(sock, TIMEOUT)
        self.cleanup.append(service.close)
        return service

    # Results

    def mounts(self, path=None):
        """The mounts at this path, or anywhere in the case's folder."""
        return [m for m in all_mounts()
                if (m.point == path if path else m.point.startswith(self.folder + "/"))]

    def configure(self, text):
        """Write fuse.conf; it is empty again after the case."""
        def write(content):
            with open(self.world.conf, "w", encoding="utf-8") as f:
                f.write(content)
        write(text)
        self.cleanup.append(lambda: write(""))

    def the_mount(self, path):
        found = self.mounts(path)
        equal(len(found), 1, f"mounts at {path}")
        return found[0]

    def not_mounted(self):
        equal([m.point for m in self.mounts()], [], "mounts")

    def unmount(self, path, flags=0):
        umount(path, flags)
        equal(self.mounts(path), [], "mounts after unmounting")

    def finish(self, before):
        """Clean up; what the case should not have left is listed in self.left."""
        for mount in reversed(self.mounts()):
            self.left.append(f"mount {mount.point}")
            umount(mount.point, 2 | 1)  # MNT_DETACH | MNT_FORCE
        for step in reversed(self.cleanup):
            step()
        gone = lambda: not processes().keys() - before
        try:
            wait_for(gone, "processes to end")
        except AssertionError:
            for pid, (_, name) in processes().items():
                if pid not in before:
                    self.left.append(f"process {pid} ({name})")
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder)


def reap():
    """This is the first process of its namespace: orphans end up here."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def run_case(world, function, values, make=Test):
    """None, or what went wrong."""
    before = set(processes())
    fds = set(os.listdir("/proc/self/fd"))
    test = make(world)
    problem = skip = None
    try:
        function(test, *values)
    except Skip as e:
        skip = e
    except Exception:
        problem = traceback.format_exc()
        for name in sorted(os.listdir(test.folder)):
            if name.endswith(".log"):
                with open(f"{test.folder}/{name}", encoding="utf-8", errors="replace") as f:
                    problem += f"{name}: {f.read()}"
    try:
        test.finish(before)
    except Exception:
        problem = (problem or "") + traceback.format_exc()
    reap()
    if test.left:
        problem = (problem or "") + "left behind: " + "; ".join(test.left)
    if not problem and set(os.listdir("/proc/self/fd")) - fds:
        problem = "the test itself left open files behind"
    if skip and not problem:
        raise skip
    return problem


def run_all(build, pattern):
    chosen = [c for c in cases if re.search(pattern, c[0])]
    names = [c[0] for c in chosen]
    check(len(set(names)) == len(names), "two cases of one name")
    # Whoever started the tests may have ignored it (nohup), and programs inherit that.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    world = World(build)
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, (name, function, values) in enumerate(chosen, 1):
        try:
            problem = run_case(world, function, values)
        except Skip as e:
            print(f"ok {number} - {name} # SKIP {e}", flush=True)
            continue
        print(f"{'not ok' if problem else 'ok'} {number} - {name}", flush=True)
        if problem:
            failed += 1
            print("".join(f"# {line}\n" for line in problem.splitlines()), end="", flush=True)
    return 1 if failed else 0


def enter(root_dir):
    """Run this program again as the first process of its own namespaces."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MESON")}
    environment[INSIDE] = "1"
    environment.setdefault("LC_ALL", "C.UTF-8")
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--net", "--propagation", "private", "--pid",
         "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv],
        stdin=subprocess.DEVNULL, env={**environment, "TMPDIR": root_dir})
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: process.kill())
    return process.wait()


def main():
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--build", required=True, help="a finished build folder")
    parser.add_argument("--only", default="", help="only the cases whose name matches this regex")
    parser.add_argument("--list", action="store_true", help="only show the names of the cases")
    options = parser.parse_args()
    if options.list:
        print("\n".join(name for name, _, _ in cases))
        return 0
    if os.geteuid() != 0:
        print("1..0 # SKIP real mounts need root")
        return 0
    if os.environ.get(INSIDE):
        os.umask(0o022)
        return run_all(os.path.abspath(options.build), options.only)
    with tempfile.TemporaryDirectory(prefix="fsv-e2e-") as root_dir:
        os.chmod(root_dir, 0o755)
        return enter(root_dir)
