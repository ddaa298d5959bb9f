#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Plants mistakes into copies of the helper's source, one at a time, and shows that the hostile
suites catch each. Prints TAP, and for each mistake the attack that caught it.

A mistake is a text of a source file (blanks and line ends do not matter) with what stands there
instead, and the suite with a pattern for the attacks that must notice. First the same attacks run
on the source as it is: there all must pass.
"""

import argparse
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SUITES = os.path.join(TOP, "tests", "hostile")
TIMEOUT = 120


class Mistake:
    def __init__(self, name, suite, only, *edits):
        self.name, self.suite, self.only, self.edits = name, suite, only, edits


MISTAKES = (
    # Privilege
    Mistake("the session keeps its capabilities", "caller_process", "what each process has left",
            ("startup.c", "ret = caps_keep(keep);", "ret = 0;")),
    Mistake("the session keeps uid 0 as saved uid", "caller_process", "what each process has left",
            ("startup.c", "if (!uids_are(uid) && (setresuid(uid, uid, uid) || !uids_are(uid)))",
             "if (0)")),
    Mistake("the mounter keeps all of root's capabilities", "caller_process",
            "what each process has left",
            ("mounter/start.c", "return caps_keep(CAPS_BIT(CAP_SYS_ADMIN));",
             "return setuid ? seteuid(facts->uid) : 0;")),
    Mistake("the mounter has the caller's real uid", "caller_process",
            "wants to control the mounter: SIGKILL",
            ("mounter/start.c",
             """if (setuid && (setresuid(0, facts->uid, 0) || getresuid(&r, &e, &s) || r != 0 ||
             e != facts->uid || s != 0))""", "if (setuid && setresuid(facts->uid, 0, 0))")),
    Mistake("the mounter can be debugged", "caller_process",
            "what each process has left",
            ("mounter/start.c", """if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
             prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)""", "if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))")),
    Mistake("the session has no no_new_privs", "caller_process", "what each process has left",
            ("startup.c", "if (!ret && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))", "if (0)"),
            ("session/confine.c", "ret = ret ? ret : landlock_confine(ruleset);", ""),
            ("session/confine.c", "ret = ret ? ret : filter_install(FILTER_SESSION);", "")),
    Mistake("the session has no system-call filter", "caller_process", "what each process has left",
            ("session/confine.c", "ret = ret ? ret : filter_install(FILTER_SESSION);", "")),
    Mistake("the mounter has no system-call filter", "caller_process", "what each process has left",
            ("mounter/start.c", "return filter_install(FILTER_MOUNTER);", "return 0;")),
    Mistake("the session is not in a Landlock domain", "service_open", "a synchronous INIT",
            ("session/confine.c", "ret = ret ? ret : landlock_confine(ruleset);", "")),
    Mistake("the mounter stays in the caller's session", "caller_process",
            "SIGKILL to the whole group, after MOUNT",
            ("mounter/start.c", "|| setsid() < 0)", ")")),
    # Clean slate
    Mistake("inherited files stay open", "caller_process", "every file descriptor",
            ("startup.c", "if (syscall(SYS_close_range, 3U, ~0U, 0U))", "if (0)")),
    Mistake("closed standard files stay closed", "caller_process", "standard files .* are closed",
            ("startup.c", "if (fcntl(fd, F_GETFD) >= 0)", "if (1)")),
    Mistake("the signal mask is the caller's", "caller_process", "all signals are blocked",
            ("startup.c", "(void)sigprocmask(SIG_SETMASK, &none, NULL);", "")),
    Mistake("timers run on", "caller_process", "runs on entry",
            ("startup.c", "(void)setitimer(ITIMER_REAL, &none, NULL);", ""),
            ("startup.c", "(void)setitimer(ITIMER_PROF, &none, NULL);", "")),
    Mistake("every caller chooses the fuse device", "caller_process", "has FUSE_KERN_DEVICE",
            ("startup.c", 'caller->uid == 0 ? getenv("FUSE_KERN_DEVICE") : NULL',
             'getenv("FUSE_KERN_DEVICE")')),
    Mistake("core files are made", "caller_process", "makes a core file",
            ("startup.c", "(void)setrlimit(RLIMIT_CORE, &no_core);", "(void)no_core;")),
    # What the service may
    Mistake("an fd rides on an answer that says no", "service_open", "OPEN of /etc/passwd",
            ("session/session.c", "return answer_file(s, request->path, ret, fd);",
             "return answer_file(s, request->path, ret, ret ? s->proc : fd);")),
    Mistake("a file that the service opened stays open here", "service_open", "300 OPENs",
            ("session/session.c", "return answer_file(s, request->path, ret, fd);",
             "return answer_file(s, request->path, ret, fsv_fd_take(&fd));")),
    Mistake("folders are handed out", "service_open", "OPEN of an operand that is a folder",
            ("session/open.c", "if (!S_ISBLK(stx.stx_mode) && !S_ISREG(stx.stx_mode))",
             "if (!S_ISBLK(stx.stx_mode) && !S_ISREG(stx.stx_mode) && !S_ISDIR(stx.stx_mode))")),
    Mistake("a name means what it means at the time of OPEN", "service_open",
            "the source is replaced after the start",
            ("session/pins.c", "if (fsv_name_equals(&pins->pin[i].name, path)) return &pins->pin[i];",
             """if (fsv_name_equals(&pins->pin[i].name, path)) {
                fsv_fd_close(&pins->pin[i].fd);
                pins->pin[i].fd = open(pins->pin[i].name.text.s, O_PATH | O_CLOEXEC);
                pins->pin[i].error = pins->pin[i].fd < 0 ? -errno : 0;
                return &pins->pin[i]; }"""),
            ("session/pins.c", "#include <errno.h>", "#include <errno.h>\n#include <fcntl.h>")),
    Mistake("O_TRUNC is let through", "service_open", "forbidden flag bit 9",
            ("session/open.c", "if (request->open_flags & ~ALLOWED_FLAGS)",
             "if (request->open_flags & ~(ALLOWED_FLAGS | 01000))")),
    Mistake("new files get set-user-id bits", "service_open", "O_CREAT with mode",
            ("session/open.c", "mode & 0666", "mode & 07777")),
    Mistake("new files are made without the caller's umask", "service_open", "O_CREAT with mode",
            ("session/session.c", "(void)umask(caller->umask);", "")),
    Mistake("ro is forgotten for files", "service_open", "OPEN for writing where the caller said",
            ("session/open.c", """if ((s->caller->said.on & FSV_MS_RDONLY) &&
             ((*flags & O_ACCMODE) != O_RDONLY || (*flags & O_CREAT)))""", "if (0)"),
            ("session/confine.c", "s->caller->said.on & FSV_MS_RDONLY ? LANDLOCK_READ :", "")),
    Mistake("ro is forgotten for the mount", "service_mount", "where the caller typed 'ro'",
            ("mounter/policy.c", "(FSV_MS_RDONLY | FSV_MS_NOSUID", "(FSV_MS_NOSUID")),
    Mistake("a flag is let through", "service_mount", "MOUNT with forbidden bit",
            ("mounter/policy.c", "if (flags & ~FSV_MS_FLAGS)", "if (0)"),
            ("session/commands.c", "(msg->ms_flags & ~FSV_MS_FLAGS) ||", "")),
    Mistake("nosuid and nodev are not forced", "service_mount", "without nosuid and nodev",
            ("mounter/policy.c",
             "return (FSV_MS_NOSUID | FSV_MS_NODEV) & ~(facts->root ? facts->said_off : 0);",
             "return 0;")),
    Mistake("allow_other needs no leave", "service_mount", "allow_other without leave",
            ("mounter/policy.c", """if ((options & MOUNTER_OPT_ALLOW_OTHER) && !facts->root &&
             !facts->user_allow_other)""", "if (0)"),
            ("session/commands.c", """if (opts.allow_other && !caller_is_root(s->caller) &&
             !s->config->user_allow_other)""", "if (0)")),
    Mistake("allow_other comes without default_permissions", "service_mount",
            "allow_other that the caller did not type",
            ("mounter/policy.c", "options |= MOUNTER_OPT_DEFAULT_PERMISSIONS;", "")),
    Mistake("SOURCE may be any path", "service_mount", "SOURCE /dev/sda1",
            ("session/commands.c",
             "if (memchr(source.s, '/', source.len) && !fsv_said(c->argc, c->argv, source))",
             "if (0)")),
    Mistake("any mount point will do", "service_mount", "MNTPT /etc",
            ("session/commands.c",
             "if (!pin->name.text.s || !fsv_name_equals(&pin->name, msg->mntpt.path))",
             "if (!pin->name.text.s)")),
    Mistake("a number from the wire becomes the exit status", "service_talk", r"BYE\(77\)",
            ("main.c", "return session_run(&session, caller, &config, &links) ? EXIT_FAILED : "
             "EXIT_MOUNTED;", "session_run(&session, caller, &config, &links); "
             "return (int)session.exit_code;")),
    Mistake("text is not escaped", "service_talk", "the terminal is sent a",
            ("say.c", "(void)fsv_text_escape(text, slot, SAID_SIZE);",
             'snprintf(slot, SAID_SIZE, "%.*s", (int)text.len, text.s);')),
    Mistake("a message does not say what would allow it", "messages", "OPEN to write: the rule",
            ("session/explain.c", 'writes ? " rw" : ""', '""')),
    Mistake("a flood is printed", "service_talk", "a flood of OPENs",
            ("session/session.c", "#define COMPLAINTS_MAX 8", "#define COMPLAINTS_MAX 100000")),
    Mistake("a mount stays when the session is killed", "service_talk",
            "SIGKILL to the session after MOUNT",
            ("mounter/mounter.c", "if (!m.finished)", "if (0)")),
    Mistake("signals take no mount away", "service_talk", "SIGTERM to the session after MOUNT",
            ("mounter/mounter.c", "if (!m.finished)", "if (0)")),
    # What the caller may
    Mistake("mount_max is not counted again", "caller_mount", "mount at once with mount_max",
            ("mounter/mount.c",
             "return counts(j) && info.fuse > (uint32_t)j->facts->mount_max ? -ENOSPC : 0;",
             "return 0;"),
            # So that both have surely counted once before one of them mounts.
            ("mounter/mount.c", "ret = ret ? ret : check_target(j);",
             "ret = ret ? ret : check_target(j); kernel_sleep_ms(200);")),
    Mistake("with listmount nothing is counted", "caller_mount",
            "a mount of somebody else counts for mount_max",
            ("mounter/mount.c", "for (i = 0; i < n; i++, info->fuse++) {",
             "for (i = 0; i < n; i++) {")),
    Mistake("with listmount all mounts count for mount_max", "caller_mount",
            "all mounts, few of them FUSE, are as many as",
            ("mounter/mount.c",
             "(!counts(j) || info->fuse < (uint32_t)j->facts->mount_max)", "true")),
    Mistake("what was put on the mount point in between is not noticed", "service_mount",
            "something is mounted over the mount point",
            ("mounter/mount.c", "if (!info.found || info.parent != j->target_mount)",
             "if (!info.found)")),
    Mistake("another's sticky folder is a mount point", "caller_mount", "sticky folder that all",
            ("mounter/mount.c",
             """if (stx->stx_uid != j->facts->uid &&
             (S_ISREG(stx->stx_mode) || (stx->stx_mode & S_ISVTX)))""", "if (0)")),
    Mistake("write access to the mount point is not checked", "caller_mount",
            "the mount point is another's folder",
            ("mounter/mount.c", "return kernel_may_write(j->target);", "return 0;")),
    Mistake("a FUSE server below the mount point is asked", "kernel_waits",
            "his own sticky folder on FUSE",
            ("mounter/mount.c", "if (info->is_fuse)", "if (0)")),
    Mistake("owner, group and mode are not looked at on FUSE", "kernel_waits",
            "another's folder on FUSE",
            ("mounter/mount.c", "return stx->stx_mode & may ? 0 : -EACCES;", "return 0;")),
    Mistake("a read-only FUSE file system is not noticed", "kernel_waits",
            "on FUSE, mounted read-only",
            ("mounter/mount.c", "if (readonly)", "if (0)")),
    Mistake("a mount that is not in the table is asked", "kernel_waits",
            "on a FUSE mount that has been taken away",
            ("mounter/mount.c", "if (!info->found && j->target_mount != j->own->root_mount)",
             "if (0)")),
    Mistake("nobody looks at a FUSE file system before it is judged", "kernel_waits",
            "at which nobody has looked",
            ("session/commands.c", "if (caller_is_root(s->caller) || (stx->stx_mode & 07777))",
             "if (1)")),
    Mistake("a mounter that waits does not hear that the session ends", "kernel_waits",
            "SIGTERM while the mounter waits",
            ("mounter/kernel.c", "seconds ? O_ASYNC : 0", "0")),
    Mistake("mount(8) outlives the process that writes utab", "kernel_waits",
            "somebody holds the lock of utab",
            ("utab/utab.c", "(void)prctl(PR_SET_PDEATHSIG, SIGKILL);", "")),
    Mistake("exit 0 without a look at the mount table", "service_mount",
            "after somebody took the mount away",
            ("session/session.c", "int ret = table_has(s->mountinfo, s->mount);", "int ret = 0;")),
    Mistake("every file system will do", "caller_mount", "lies on (bpf|hugetlbfs)",
            ("mounter/mount.c", "if (!policy_fs_allowed(type))", "if (0)")),
    Mistake("root follows users' links", "caller_mount", "root's .* leads through a user's link",
            ("session/resolve.c", "if (stx.stx_uid != 0)", "if (0)")),
    Mistake("root follows magic links", "service_open", "a named magic link",
            ("session/resolve.c", "if (type == PROC_SUPER_MAGIC && target[0] == '/')", "if (0)")),
    Mistake("an unreadable fuse.conf means the defaults", "caller_mount",
            "fuse.conf is readable by root alone",
            ("config.c", "config->unusable = true;", "")),
    Mistake("no_new_privs is noticed too late", "caller_process", "no_new_privs is set on entry",
            ("main.c", "if (caller->privilege == PRIVILEGE_NONE)", "if (0)")),
)


def copy_source(place):
    """What is in the tree, without what is built there."""
    skip = shutil.ignore_patterns("build*", ".git", "__pycache__")
    shutil.copytree(TOP, place, ignore=skip, symlinks=True)


def quiet(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout.decode(errors='replace')}")


def pattern_of(text):
    """The text with any blanks between its words."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


class Copy:
    """A copy of the tree with a build of its own."""

    def __init__(self, place):
        self.source, self.build = f"{place}/source", f"{place}/build"
        copy_source(self.source)
        quiet("meson", "setup", self.build, self.source, "-Dtests=false", "-Dserver=disabled",
              "-Dwerror=false", "-Doptimization=1", "-Ddebug=false")
        self.make()

    def make(self):
        quiet("ninja", "-C", self.build, "helper/fuservicemount3")

    def attacks(self, suite, only):
        """(names that passed, names that failed)"""
        done = subprocess.run(
            [sys.executable, f"{SUITES}/hostile_{suite}.py", "--build", self.build, "--only", only],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=TIMEOUT, check=False)
        found = re.findall(r"^(not ok|ok) \d+ - (.*?)( # SKIP.*)?$", done.stdout.decode(), re.M)
        if not found:
            raise RuntimeError(f"{suite} --only {only!r} ran nothing: {done.stdout.decode()}")
        return ([name for word, name, skip in found if word == "ok" and not skip],
                [name for word, name, _ in found if word == "not ok"])

    def plant(self, mistake):
        """The file contents before."""
        before = {}
        for name, old, new in mistake.edits:
            path = f"{self.source}/helper/{name}"
            with open(path, encoding="utf-8") as f:
                text = f.read()
            before.setdefault(path, text)
            text, count = pattern_of(old).subn(lambda _: new, text)
            if count != 1:
                raise RuntimeError(f"{name} has {count} times: {old}")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return before

    def try_mistake(self, mistake):
        """The attacks that caught it."""
        before = {}
        try:
            before = self.plant(mistake)
            self.make()
            return self.attacks(mistake.suite, mistake.only)[1]
        finally:
            for path, text in before.items():
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)


def misplaced():
    """Edits whose text does not stand in its file exactly once: the list has fallen behind."""
    wrong = []
    for mistake in MISTAKES:
        texts = {}
        for name, old, new in mistake.edits:
            path = f"{TOP}/helper/{name}"
            if path not in texts:
                texts[path] = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
            texts[path], count = pattern_of(old).subn(lambda _, new=new: new, texts[path])
            if count != 1:
                wrong.append(f"{mistake.name}: {name} has {count} times: {old}")
    return wrong


def check_baseline(copy, chosen):
    """On the source as it is, the same attacks pass; otherwise they would show nothing."""
    problems = []
    for suite in sorted({m.suite for m in chosen}):
        patterns = sorted({m.only for m in chosen if m.suite == suite})
        passed, failed = copy.attacks(suite, "|".join(patterns))
        problems += [f"fails without a mistake: {name}" for name in failed]
        problems += [f"no attack of {suite} is like this: {p}" for p in patterns
                     if not any(re.search(p, name) for name in passed)]
    return problems


class Printer:
    def __init__(self, count):
        self.lock, self.number, self.failed = threading.Lock(), 0, 0
        print(f"1..{count}", flush=True)

    def result(self, name, problem, note=""):
        with self.lock:
            self.number += 1
            self.failed += bool(problem)
            print(f"{'not ok' if problem else 'ok'} {self.number} - {name}{note}")
            for line in str(problem or "").splitlines():
                print(f"# {line}")
            sys.stdout.flush()


def work(copy, mistakes, printer):
    while True:
        try:
            mistake = mistakes.get_nowait()
        except queue.Empty:
            return
        start = time.monotonic()
        try:
            caught = copy.try_mistake(mistake)
        except (RuntimeError, OSError, subprocess.SubprocessError) as e:
            printer.result(mistake.name, e or "?")
            continue
        if caught:
            more = f" (and {len(caught) - 1} more)" if len(caught) > 1 else ""
            printer.result(mistake.name, None,
                           f", caught by: {caught[0]}{more}, {time.monotonic() - start:.1f} s")
        else:
            printer.result(mistake.name, f"not caught by {mistake.suite}: {mistake.only}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only the mistakes whose name matches this regex")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--check", action="store_true", help="plant nothing, only look whether "
                        "each mistake has its place in the source; every run does that first")
    options = parser.parse_args()
    wrong = misplaced()
    if wrong or options.check:
        print(f"1..1\n{'not ok' if wrong else 'ok'} 1 - each of {len(MISTAKES)} mistakes has its "
              "place in the source")
        for line in wrong:
            print(f"# {line}")
        return 1 if wrong else 0
    if os.geteuid() != 0:
        print("1..0 # SKIP real mounts need root")
        return 0
    chosen = [m for m in MISTAKES if re.search(options.only, m.name)]
    with tempfile.TemporaryDirectory(prefix="fsv-planted-") as place:
        os.chmod(place, 0o755)
        copies = [Copy(f"{place}/{i}") for i in range(min(options.jobs, len(chosen)))]
        printer = Printer(len(chosen) + 1)
        problems = check_baseline(copies[0], chosen)
        printer.result("without a mistake nothing is caught", "\n".join(problems))
        mistakes = queue.Queue()
        for mistake in chosen:
            mistakes.put(mistake)
        threads = [threading.Thread(target=work, args=(c, mistakes, printer)) for c in copies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 1 if printer.failed else 0


if __name__ == "__main__":
    sys.exit(main())
