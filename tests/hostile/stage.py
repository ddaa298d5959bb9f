# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What the hostile suites share: attacks, each on a stage of its own.

An attack is declared with @attack, once for each caller that tries it. It runs as the first process
of a PID, mount and IPC namespace of its own (within those of tests/e2e/harness.py), so that many run
side by side, that mount_max counts only what the attack has mounted, and that what it leaves behind
is seen: a process, a mount, a file descriptor.

What is looked at are effects, never the helper's word alone: mountinfo, files, the open files of
processes, exit statuses, bytes on the terminal.
"""

import argparse
import ctypes
import errno
import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import harness
import wire
from harness import (INSIDE, ROOT, TIMEOUT, USER, USER_ID, Skip, check, contains, equal, processes,
                     run, wait_for)
from tinyfuse import TinyFuse

CAPABLE = "an ordinary user, by file capability"
BOTH, ALL = (ROOT, USER), (ROOT, USER, CAPABLE)
USERS = (USER, CAPABLE)
LONGEST = 80  # seconds for one attack
SOON = 2  # seconds for what must happen at once, on a busy machine
CAP_SYS_ADMIN = 21
STRANGER_ID = 54399
MS_RDONLY, MS_BIND, MS_SHARED, MNT_DETACH = 1, 4096, 1 << 20, 2
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

libc = ctypes.CDLL(None, use_errno=True)
attacks = []


def attack(name, *variants, who=BOTH, slow=False):
    """Declare an attack for each caller; with variants, for each of them too."""
    def add(function):
        for variant in variants or ((),):
            values = variant if isinstance(variant, tuple) else (variant,)
            for caller in who:
                title = f"{name.format(*values)} ({caller})"
                attacks.append((title, function, caller, values, slow))
        return function
    return add


def must(result):
    """The result of a libc call; OSError if it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def mount(source, target, kind=None, flags=0, data=None):
    must(libc.mount(*(s if s is None else os.fsencode(s) for s in (source, target, kind)),
                    ctypes.c_ulong(flags), data and os.fsencode(data)))


def is_fuse(found):
    return re.match(r"fuse(blk)?(\.|$)", found.type)


def refused(error, what):
    check(error != 0, f"{what} was granted")


def visible(err):
    """Nothing that a terminal could act upon."""
    check(all(c == "\n" or " " <= c <= "~" for c in err), f"raw bytes: {err!r}")


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def is_utab(found):
    """Whether this is the status of the process that runs mount(8): uid 0 and nothing behind it."""
    return (found["Uid"].split() == ["0"] * 4 and found["NoNewPrivs"] == "1" and
            not any(int(found[f"Cap{name}"], 16) for name in ("Inh", "Prm", "Eff", "Amb")))


def family(pid):
    """A process and its children, as long as they live."""
    return [p for p, (parent, _) in processes().items() if pid in (p, parent)]


def open_files(pid):
    """{fd: what it is} of a process."""
    files = {}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            files[int(fd)] = os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:
            pass
    return files


def execute(program, argv, environment):
    """execve(2) with any argv, also none at all. For use after fork."""
    vector = lambda words: (ctypes.c_char_p * (len(words) + 1))(*map(os.fsencode, words), None)
    must(libc.execve(os.fsencode(program), vector(argv), vector(environment)))


class Stage(harness.Test):
    """What an attack works with: harness.Test for one caller, with a home, an image and a mount
    point of his."""

    def __init__(self, world, who):
        super().__init__(world)
        self.who = who
        self.id = self.id_of(who)
        self.is_user = who != ROOT
        self.home_dir = self.directory("home", self.id, 0o700)
        self.image_path = f"{self.home_dir}/image"
        self.content = self.image(self.image_path, owner=self.id)
        self.mnt = self.directory("home/mnt", self.id)
        self.placed = []

    def helper_words(self, words, who):
        copy = {ROOT: self.world.helper, USER: self.world.setuid_helper,
                CAPABLE: self.world.capable_helper}
        if copy[who] is None:
            raise Skip("no file capabilities on this file system")
        return [copy[who], *words]

    # Places

    def file(self, path, text="secret\n", owner=0, mode=0o600):
        with open(path, "x", encoding="utf-8") as f:
            f.write(text)
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return path

    def link(self, path, target, owner=None):
        owner = self.id if owner is None else owner
        os.symlink(target, path)
        os.lchown(path, owner, owner)
        return path

    def mount(self, source, target, kind=None, flags=0, data=None):
        """Something that the attack itself mounts, and that goes with it."""
        try:
            mount(source, target, kind, flags, data)
        except OSError as e:
            if e.errno == errno.ENODEV:
                raise Skip(f"this kernel has no {kind}") from e
            raise
        self.placed.append(target)

    def make(self, path, mode=0o755, owner=None):
        """A folder of the caller's."""
        owner = self.id if owner is None else owner
        os.mkdir(path)
        os.chown(path, owner, owner)
        os.chmod(path, mode)
        return path

    def as_caller(self, function, *args):
        return self.as_user(function, *args) if self.is_user else function(*args)

    def fuse_mounts(self):
        """All FUSE mounts, wherever they are."""
        return [m for m in harness.all_mounts() if is_fuse(m)]

    def unmount_fuse(self):
        for found in self.fuse_mounts():
            harness.umount(found.point, MNT_DETACH)

    def nothing_mounted(self, within=0.0):
        try:
            wait_for(lambda: not self.fuse_mounts(), "", within)
        except AssertionError:
            equal([m.point for m in self.fuse_mounts()], [], "FUSE mounts")

    def image_untouched(self):
        with open(self.image_path, "rb") as f:
            check(f.read() == self.content, "the image has changed")

    # Helpers

    def spawn(self, *words, who=None, env=None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
              stderr=subprocess.PIPE, **more):
        """Start a helper. `preexec_fn` runs as the caller, just before the program."""
        who = who or self.who
        identity = {} if who == ROOT else {
            "user": USER_ID, "group": USER_ID, "extra_groups": []}
        more = {**identity, "cwd": self.folder, **more}
        environment = {**os.environ, **(env or {})}
        asan = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        return subprocess.Popen(
            self.helper_words(words, who), stdin=stdin, stdout=stdout, stderr=stderr,
            env={**environment, "ASAN_OPTIONS": asan}, **more)

    def attempt(self, *words, **more):
        """Run a helper that is expected to end by itself: harness.Result."""
        process = self.spawn(*words, **more)
        self.cleanup.append(lambda: end(process))
        result = harness.Result(process)
        visible(result.err)
        return result

    def refuses(self, *words, says=(), **more):
        """The helper ends with 1 and a message, has connected to nobody and mounted nothing."""
        try:
            Talk(self, words, greet=False, **more)
        except NoConnection as e:
            result = e.result.is_exit(1)
        else:
            raise AssertionError("it connected")
        visible(result.err)
        check(result.err.strip(), "a message is missing")
        for part in says:
            contains(result.err, part, "message")
        self.nothing_mounted()
        return result

    def talk(self, *options, operands=None, **more):
        """A helper for the image and the mount point, after the handshake."""
        operands = [self.image_path, self.mnt] if operands is None else operands
        return Talk(self, [*operands, *options], **more)

    def described(self, *options, **more):
        """… after SOURCE and MNTPT."""
        return self.talk(*options, **more).describe()

    def mounted(self, *options, flags=0, **more):
        """… after MOUNT."""
        talk = self.described(*options, **more)
        equal(talk.service.mount(flags), 0, "MOUNT")
        self.the_mount(self.mnt)
        return talk

    def finish(self, before):
        for target in reversed(self.placed):
            if any(not is_fuse(m) for m in self.mounts(target)):
                harness.umount(target, MNT_DETACH)
        own = {m.point for m in self.mounts()}
        self.left += [f"mount {m.point}" for m in self.fuse_mounts() if m.point not in own]
        super().finish(before)


def end(process):
    if process.poll() is None:
        process.kill()
        process.wait(TIMEOUT)
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


class NoConnection(AssertionError):
    """The helper ended without having connected, or before it said a word."""

    def __init__(self, result):
        super().__init__(f"the helper did not connect: {result!r}")
        self.result = result


class Talk:
    """A helper, and the hostile service that it is connected to. `start` starts the helper in
    another way than Stage.spawn does."""

    def __init__(self, stage, words, greet=True, type_="scripted", listener=None, start=None,
                 **more):
        self.stage = stage
        self.listener = listener or stage.listen()
        self.process = (start or stage.spawn)(*words, "-t", type_, **more)
        stage.cleanup.append(lambda: end(self.process))
        self.service = self.accept()
        if greet:
            self.shake_hands()

    def shake_hands(self):
        try:
            self.service.handshake()
        except wire.Closed:
            if self.process.wait(TIMEOUT) == 0:
                raise
            raise NoConnection(harness.Result(self.process)) from None

    def accept(self):
        start = time.monotonic()
        while time.monotonic() - start < TIMEOUT:
            ready, _, _ = select.select([self.listener], [], [], 0.02)
            if ready:
                return self.stage.accept(self.listener)
            if self.process.poll() is not None:
                raise NoConnection(harness.Result(self.process))
        raise AssertionError("the helper neither connects nor ends")

    def describe(self, point=None):
        equal(self.service.source("scripted"), 0, "SOURCE")
        equal(self.service.mntpt(point or self.stage.mnt, 0), 0, "MNTPT")
        return self

    # Processes

    @property
    def pid(self):
        return self.process.pid

    def family(self):
        return family(self.pid)

    def settled(self):
        """All processes of the helper are confined and wait for something."""
        confined = lambda found: found["Seccomp"] == "2" or is_utab(found)
        wait_for(lambda: all(confined(status_of(p)) for p in self.family()),
                 "all processes to be confined", 3 * SOON)
        return self.family()

    def mounter(self):
        """The process that holds the privilege."""
        self.settled()
        found = [pid for pid in self.family()
                 if int(status_of(pid)["CapPrm"], 16) & 1 << CAP_SYS_ADMIN]
        equal(len(found), 1, "processes with CAP_SYS_ADMIN")
        return found[0]

    def all_files(self):
        """What all processes of the helper hold open."""
        return sorted(name for pid in self.settled() for name in open_files(pid).values())

    # Endings

    def wait(self):
        """(exit status, stderr)"""
        out, err = self.process.communicate(timeout=TIMEOUT)
        equal(out or b"", b"", "stdout")
        return self.process.returncode, (err or b"").decode(errors="surrogateescape")

    def ends(self, status):
        got, err = self.wait()
        equal(got, status, f"exit status of the helper ({err!r})")
        visible(err)
        if status:
            check(err.strip(), "a message is missing")
        return err

    def fails(self):
        """Exit 1 with a message; nothing is mounted."""
        err = self.ends(1)
        self.stage.nothing_mounted()
        return err

    def gives_up(self):
        """The helper ends it by itself."""
        while not self.service.closed():
            pass
        return self.fails()

    def dies(self):
        """The service goes, and so does the helper, without a mount."""
        self.service.close()
        return self.fails()

    def succeeds(self, point=None):
        """BYE(0) after MOUNT: exit 0 and a mount that works. The mount, which is taken away."""
        self.service.bye(0)
        err = self.ends(0)
        found = self.stage.the_mount(point or self.stage.mnt)
        equal(len(self.stage.fuse_mounts()), 1, "FUSE mounts")
        found.err = err
        server = TinyFuse(self.service.fusedev)
        self.stage.as_caller(lambda: list(os.statvfs(found.point)))
        self.stage.unmount(found.point, MNT_DETACH)
        self.service.close()
        check(server.join(), "somebody still holds the mount")
        return found

    def still_works(self, flags=0):
        """After an attack that was refused: an honest mount is still possible. The mount."""
        self.describe()
        return self.mounts_well(flags)

    def mounts_well(self, flags=0):
        equal(self.service.mount(flags), 0, "MOUNT")
        return self.succeeds()


# What attacks share


def send_open(talk, path):
    talk.service.send(wire.open_request(wire.OPEN, path, 0))


def send_signal(a, pid, number):
    """By the caller himself: it is his process."""
    a.as_caller(os.kill, pid, number)


def all_gone(talk, before, within=SOON):
    """No process of the helper's, no mount, no connection to the kernel."""
    wait_for(lambda: not set(before) & set(processes()), f"{before} to end", within)
    talk.stage.nothing_mounted()
    if talk.service.fusedev is not None:
        try:
            while True:
                os.set_blocking(talk.service.fusedev, False)
                os.read(talk.service.fusedev, 65536)
        except OSError as e:
            check(e.errno in (errno.ENODEV, errno.EPERM), f"the fuse connection is still there: {e}")


def ends_soon(talk, status, before, within=SOON):
    start = time.monotonic()
    got, err = talk.wait()
    equal(got, status, f"exit status ({err!r})")
    check(time.monotonic() - start < within, "the helper took its time")
    visible(err)
    talk.stage.nothing_mounted(within)
    all_gone(talk, before, within)
    return err


# Running


def capable(world):
    """A copy of the helper with cap_sys_admin+ep and no setuid bit; None where that is impossible."""
    path = f"{world.bin}/fuservicemount3-capable"
    run("cp", world.helper, path)
    os.chmod(path, 0o755)
    data = struct.pack("<IIIII", 0x02000001, 1 << CAP_SYS_ADMIN, 0, 0, 0)
    try:
        os.setxattr(path, "security.capability", data)
    except OSError:
        return None
    return path


def enter_stage(world):
    """In the child of a fork: namespaces of its own, and in them a private /run and fuse.conf."""
    must(libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID))
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    mount("proc", "/proc", "proc")
    world.root = tempfile.mkdtemp(prefix="stage-", dir=world.root)
    mount("fsv-stage", world.root, "tmpfs", 0, "mode=0755")
    world.cover_run()
    folder = os.path.dirname(world.conf)
    if folder == "/etc":  # which cannot be hidden: only the file itself
        world.cover_conf()
    else:
        mount("fsv-stage", folder, "tmpfs", 0, "mode=0755")
        with open(world.conf, "x", encoding="utf-8"):
            pass


def play(world, function, who, values, pipe):
    """One attack, in the child of a fork; its outcome as JSON."""
    enter_stage(world)
    outcome = {}
    try:
        outcome["problem"] = harness.run_case(
            world, function, values, make=lambda w: Stage(w, who))
    except Skip as e:
        outcome["skip"] = str(e)
    os.write(pipe, json.dumps(outcome).encode()[:60000])


class Player:
    """A running attack."""

    def __init__(self, world, number, function, who, values):
        self.number = number
        self.started = time.monotonic()
        self.reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            status = 99
            try:
                os.setsid()
                os.close(self.reader)
                play(world, function, who, values, writer)
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        self.data = b""

    def read(self):
        """Whether it has ended."""
        data = os.read(self.reader, 1 << 16)
        self.data += data
        return not data

    def outcome(self):
        os.close(self.reader)
        _, status = os.waitpid(self.pid, 0)
        try:
            return json.loads(self.data)
        except ValueError:
            return {"problem": f"it ended without a word, {os.waitstatus_to_exitcode(status)}"}

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.reader)
        os.waitpid(self.pid, 0)
        return {"problem": f"still going on after {LONGEST} s"}


def print_line(number, name, outcome):
    problem, skip = outcome.get("problem"), outcome.get("skip")
    tail = f" # SKIP {skip}" if skip is not None else ""
    print(f"{'not ok' if problem else 'ok'} {number} - {name}{tail}", flush=True)
    for line in (problem or "").splitlines():
        print(f"# {line}", flush=True)


def play_all(world, chosen, jobs, times):
    """{number: outcome}, printed in the order of the numbers as they come in."""
    waiting = sorted(range(len(chosen)), key=lambda i: not chosen[i][4])
    running, outcomes, printed, failed = {}, {}, 0, 0
    while waiting or running:
        while waiting and len(running) < jobs:
            i = waiting.pop(0)
            player = Player(world, i, *chosen[i][1:4])
            running[player.reader] = player
        ready, _, _ = select.select(list(running), [], [], 1)
        late = [r for r, p in running.items() if time.monotonic() - p.started > LONGEST]
        for reader in set(ready) | set(late):
            player = running[reader]
            if reader in late:
                outcomes[player.number] = player.stop()
            elif player.read():
                outcomes[player.number] = player.outcome()
            else:
                continue
            del running[reader]
            times[player.number] = time.monotonic() - player.started
        while printed in outcomes:
            failed += bool(outcomes[printed].get("problem"))
            print_line(printed + 1, chosen[printed][0], outcomes[printed])
            printed += 1
    return failed


def play_chosen(options):
    chosen = [a for a in attacks if re.search(options.only, a[0])]
    names = [a[0] for a in chosen]
    check(len(set(names)) == len(names), "two attacks of one name")
    world = harness.World(os.path.abspath(options.build))
    world.capable_helper = capable(world)
    print(f"1..{len(chosen)}", flush=True)
    times = {}
    failed = play_all(world, chosen, options.jobs, times)
    if options.times:
        for number in sorted(times, key=times.get)[-10:]:
            print(f"# {times[number]:.1f} s: {names[number]}")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--build", required=True, help="a finished build folder")
    parser.add_argument("--only", default="", help="only the attacks whose name matches this regex")
    parser.add_argument("--list", action="store_true", help="only show the names of the attacks")
    parser.add_argument("--jobs", type=int, default=2 + 3 * os.cpu_count(),
                        help="how many at a time (they mostly wait)")
    parser.add_argument("--times", action="store_true", help="show which took longest")
    options = parser.parse_args()
    if options.list:
        print("\n".join(a[0] for a in attacks))
        return 0
    if os.geteuid() != 0:
        print("1..0 # SKIP real mounts need root")
        return 0
    if os.environ.get(INSIDE):
        os.umask(0o022)
        return play_chosen(options)
    with tempfile.TemporaryDirectory(prefix="fsv-hostile-") as root_dir:
        os.chmod(root_dir, 0o755)
        return harness.enter(root_dir)
