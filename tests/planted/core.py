#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Plants mistakes into a copy of the source, one at a time, in proto, transport, the helper's
session and mounter, the server core and the adapter, and shows which alarm catches each: a unit test, the
scripted kernel, the seeds of a fuzz target, or a minute of fuzzing. Prints TAP.

usage: core.py [--quick] [--check] [--only WORD] [--help]
  --quick      every sixth mistake, and no fuzzing
  --check      plant nothing, only look whether each mistake has its place in the source; every run
               does that first, of all mistakes
  --only WORD  mistakes whose name contains this

A mistake's text must stand in its file exactly once; blanks and line ends do not matter.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FUZZ_SECONDS = 60
UNIT = ["unit"]
SCRIPTED = ["scripted"]
CORE = ["service"]
ADAPTER = ["adapter"]

# Name, file, what stands there, what stands there instead, first suites to ask, fuzz target.
MISTAKES = [
    ("u16 read one byte too far", "proto/fsv_cursor.h", "if (r->len - r->pos < 2)",
     "if (r->len - r->pos < 1)", UNIT, "packet"),
    ("u32 read one byte too far", "proto/fsv_cursor.h", "if (r->len - r->pos < 4)",
     "if (r->len - r->pos < 3)", UNIT, "packet"),
    ("u32 with swapped bytes", "proto/fsv_cursor.h", "b[2] * 256u + b[3];",
     "b[3] * 256u + b[2];", UNIT, "diff_packet"),
    ("a string without its NUL", "proto/fsv_cursor.h", "if (b[left - 1] != 0)", "if (0)", UNIT,
     "packet"),
    ("a NUL inside a string", "proto/fsv_cursor.h", "if (memchr(b, 0, left - 1))", "if (0)", UNIT,
     "packet"),
    ("an empty string", "proto/fsv_cursor.h", "if (left < 2)", "if (0)", UNIT, "packet"),
    ("a byte behind the packet", "proto/fsv_cursor.h",
     "return r->pos == r->len ? FSV_OK : FSV_R_TRAILING;", "return FSV_OK;", UNIT, "diff_packet"),
    ("no room for the NUL that is written", "proto/fsv_cursor.h",
     "if (w->cap - w->pos <= value.len)", "if (w->cap - w->pos < value.len)", UNIT, "roundtrip"),
    ("HELLO's flags ignored", "proto/msg_hello.c", "if (hello->flags & ~FSV_HELLO_FLAGS)",
     "if (0)", UNIT, "diff_packet"),
    ("min over max", "proto/msg_hello.c", "if (hello->min_version > hello->max_version)",
     "if (0)", UNIT, "diff_packet"),
    ("HELLO_REPLY's padding", "proto/msg_hello.c", "if (pad)", "if (0)", UNIT, "packet"),
    ("any format of the mount point", "proto/msg_setup.c", "if (!is_format(m.expected_format))",
     "if (0)", UNIT, "diff_packet"),
    ("errno one too large", "proto/msg_answer.c", "if (value > FSV_ERRNO_MAX)",
     "if (value > FSV_ERRNO_MAX + 1)", UNIT, "diff_packet"),
    ("output written before the last check", "proto/msg_mount.c",
     "reason = fsv_read_end(r);\n\tif (reason)\n\t\treturn reason;\n\t*ms_flags = value;",
     "*ms_flags = value;\n\treason = fsv_read_end(r);\n\tif (reason)\n\t\treturn reason;", UNIT,
     "packet"),
    ("OPEN's block size", "proto/msg_open.c", "if (o.block_size)", "if (0)", UNIT, "packet"),
    ("either side may send anything", "proto/fsv_msg.c", "return FSV_R_DIRECTION;",
     "(void)0;", UNIT, "packet"),
    ("a range of the argument blob that wraps", "proto/fsv_args.c", "size - pos < len",
     "pos + len > (uint32_t)size", UNIT, "args"),
    ("a string in the argument blob's table", "proto/fsv_args.c", "pos < table || ", "", UNIT,
     "args"),
    ("strings that add up to too much", "proto/fsv_args.c", "if (*room < len)", "if (0)", UNIT,
     "args"),
    ("argc that the table has no room for", "proto/fsv_args.c",
     "if (fsv_reader_left(&r) / FSV_ARGS_ENTRY < n)", "if (0)", UNIT, "args"),
    ("SOURCE twice", "proto/fsv_session.c", "if (rule->once && (taken & BIT(rule->kind)))",
     "if (0)", UNIT, "states"),
    ("MOUNT without what it needs", "proto/fsv_session.c", "if (rule->needs & ~s->done)",
     "if (0)", UNIT, "states"),
    ("MOUNT before the answers", "proto/fsv_session.c", "if (rule->settled && s->queued)",
     "if (0)", UNIT, "states"),
    ("an escaped comma ends a token", "proto/fsv_options.c",
     "if (step == 1 && c == ',')", "if (c == ',')", UNIT, "options"),
    ("a number that overflows", "proto/fsv_options.c",
     "if (value > (UINT32_MAX - digit) / 10)", "if (value > UINT32_MAX / 10)", UNIT,
     "diff_options"),
    ("`rw` does not undo `ro`", "proto/fsv_options.c",
     "said->on = (said->on | w->set) & ~w->clear;", "said->on = said->on | w->set;", UNIT,
     "kernel_opts"),
    ("`..` in a pattern", "proto/fsv_conf.c", ' || fsv_str_is(component, "..")', "", UNIT, "conf"),
    ("text of others unescaped", "proto/fsv_text.c", "return c >= 0x20 && c <= 0x7e;",
     "return c >= 0x20;", UNIT, "text"),
    ("files behind the first stay open", "transport/fsv_packet.c",
     "else\n\t\t\t\tfsv_fd_close(&got);", "", CORE, "service_socket"),
    ("a truncated packet counts", "transport/fsv_packet.c",
     "if (msg.msg_flags & MSG_TRUNC)", "if (0)", CORE, "service"),
    ("an argument file of any kind", "transport/fsv_argfile.c",
     "if (!S_ISREG(st.st_mode) || st.st_size <= 0)", "if (st.st_size <= 0)", CORE, "service"),
    ("any file for the FUSE device", "server/core/handshake.c",
     "st.st_rdev != makedev(FUSE_MAJOR, FUSE_MINOR)", "0", CORE, "service"),
    ("a file along with a REPLY", "server/core/files.c", "} else if (fd >= 0) {",
     "} else if (0) {", CORE, "service"),
    ("an error with a file", "server/core/files.c",
     "if (file->error ? *fd >= 0 : *fd < 0 && !s->files_refused)", "if (0)", CORE, "service"),
    ("answered files stay open", "server/core/files.c",
     "if (r->answered)\n\t\t\tfsv_fd_close(&r->result);", "", CORE, "service"),
    ("MOUNT in spite of a refusal", "server/core/mount.c", "return ret ? ret : command(s, &mount);",
     "(void)ret;\n\treturn command(s, &mount);", CORE, "service"),
    ("fuseblk for everybody", "helper/mounter/policy.c",
     "if ((options & MOUNTER_OPT_FUSEBLK) && !facts->root)", "if (0)", SCRIPTED, "mounter"),
    ("allow_other for everybody", "helper/mounter/policy.c",
     "if ((options & MOUNTER_OPT_ALLOW_OTHER) && !facts->root && !facts->user_allow_other)",
     "if (0)", SCRIPTED, "mounter"),
    ("any flag of mount(2)", "helper/mounter/policy.c", "if (flags & ~FSV_MS_FLAGS)", "if (0)",
     SCRIPTED, "mounter"),
    ("a second mount", "helper/mounter/mounter.c", "if (m->tried || count", "if (count", SCRIPTED,
     "mounter"),
    ("unmount without a mount", "helper/mounter/mounter.c",
     "if (m->mount < 0 || m->unmounted)", "if (0)", SCRIPTED, "mounter"),
    ("a socket that listens is taken for a connection", "server/core/activation.c",
     "if (!is_connection(SD_LISTEN_FDS_START))", "if (0)", CORE, "service"),
    ("standard files stay closed", "server/core/activation.c", "ret = fill_stdio();", "ret = 0;",
     CORE, "service"),
    ("any flag of a stock server's mount", "server/adapter/mountcall.c",
     "if (flags & ~(unsigned long)FSV_MS_FLAGS)", "if (0)", ADAPTER, "mountcall"),
    ("a stock server's mount without nosuid", "server/adapter/mountcall.c",
     "made.ms_flags |= FSV_MS_NOSUID;", "(void)0;", ADAPTER, "mountcall"),
    ("allow_other that nobody asked for", "server/adapter/mountcall.c",
     "return rules->may_allow_other || rules->said_allow_other;", "return 1;", ADAPTER,
     "mountcall"),
    ("a profile's program of any name", "server/adapter/profile.c",
     "return value.s[0] == '/' ? set_text(slot, value) : FSV_R_NAME;",
     "return set_text(slot, value);", ADAPTER, "profile"),
]


def pattern_of(text):
    """The text with any blanks between its words."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


def misplaced(top):
    """What is wrong with the list itself."""
    wrong = []
    for name, source, old, _, _, target in MISTAKES:
        path = os.path.join(top, source)
        text = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        count = len(pattern_of(old).findall(text))
        if count != 1:
            wrong.append("%s: %s has %d times %r" % (name, source, count, old))
        if not os.path.exists(os.path.join(top, "fuzz/fuzz_%s.c" % target)):
            wrong.append("%s: there is no target %s" % (name, target))
    return wrong


class Copy:
    """A copy of the source with a build of its own."""

    def __init__(self, folder):
        self.top = os.path.join(folder, "source")
        self.build = os.path.join(folder, "build")
        os.makedirs(self.top)
        names = subprocess.run(["git", "ls-files"], cwd=TOP, stdout=subprocess.PIPE, check=False,
                               text=True).stdout.split("\n")
        for name in filter(None, names or os.listdir(TOP)):
            target = os.path.join(self.top, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.islink(os.path.join(TOP, name)):
                os.symlink(os.readlink(os.path.join(TOP, name)), target)
            elif os.path.isfile(os.path.join(TOP, name)):
                shutil.copy2(os.path.join(TOP, name), target)
        self.must("meson", "setup", self.build, self.top, "-Dfuzzing=true", "-Db_lundef=false",
                  "-Doptimization=1", "-Dwerror=false", "-Dfuzz-engine=-fsanitize=fuzzer",
                  "-Db_sanitize=address,undefined")

    def run(self, *words, seconds=300):
        """Whether it went well, and its output."""
        env = dict(os.environ, CC="clang-19", CFLAGS="-fsanitize=fuzzer-no-link",
                   CMOCKA_MESSAGE_OUTPUT="TAP", UBSAN_OPTIONS="halt_on_error=1",
                   ASAN_OPTIONS="quarantine_size_mb=8:detect_leaks=0")
        try:
            done = subprocess.run(words, cwd=self.top, env=env, timeout=seconds, text=True,
                                  errors="replace", stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return done.returncode == 0, done.stdout
        except subprocess.TimeoutExpired:
            return False, "no end"

    def must(self, *words):
        good, out = self.run(*words)
        if not good:
            sys.exit("core.py: this failed: %s\n%s" % (" ".join(words), out[-3000:]))

    def program(self, *path):
        return os.path.join(self.build, *path)

    def ninja(self, *targets):
        self.must("ninja", "-C", self.build, *targets)


def alarms_of(copy, suites, source):
    """Commands that may notice, cheapest first: (what it is, program, arguments)."""
    found = []
    name = os.path.basename(source)[:-2].replace("fsv_", "")
    units = {os.path.basename(p)[5:-2] for p in glob.glob(copy.top + "/tests/unit/test_*.c")}
    if suites == UNIT:
        for unit in ([name] if name in units else ["msg"]) + ["cursor"]:
            found.append(("unit test", "tests/unit/test-" + unit, []))
        found.append(("vectors", "tests/vectors/run_vectors",
                      sorted(glob.glob(copy.top + "/tests/vectors/*.txt"))))
    if suites == SCRIPTED:
        found.append(("scripted kernel", "tests/scripted/test-scripted-mounter", []))
    if suites == CORE:
        found.append(("server core test", "tests/integration/test-service-core", []))
        if name == "activation":
            found.append(("activation test", "tests/integration/test-service-activation", []))
    if suites == ADAPTER:
        found.append(("adapter test", "tests/adapter/test-adapter", []))
    return found


def caught_by(copy, mistake, quick):
    """Which alarm noticed, or None."""
    _, source, _, _, suites, target = mistake
    seeds = [copy.top + "/fuzz/seeds/" + target]
    alarms = alarms_of(copy, suites, source)
    alarms.append(("seeds", "fuzz/replay_" + target, seeds))
    for what, program, words in alarms:
        copy.ninja(program)
        good, out = copy.run(copy.program(program), *words)
        if not good:
            first = [l for l in out.split("\n") if "not ok" in l or "not so" in l or "FAILED" in l
                     or "ERROR: Addr" in l or "runtime error" in l]
            return "%s: %s" % (what, (first or ["exit status"])[0].strip()[:70])
    if quick:
        return None
    copy.ninja("fuzz/fuzz_" + target)
    corpus = tempfile.mkdtemp(dir=os.path.dirname(copy.top))
    good, _ = copy.run(copy.program("fuzz/fuzz_" + target), "-max_total_time=%d" % FUZZ_SECONDS,
                       "-dict=fuzz/tokens.dict", "-max_len=1024", "-artifact_prefix=" + corpus + "/",
                       corpus, *seeds, seconds=FUZZ_SECONDS + 60)
    return None if good else "fuzzing %s" % target


def plant(copy, mistake):
    """Put it in; the text as it was."""
    path = os.path.join(copy.top, mistake[1])
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(pattern_of(mistake[2]).sub(lambda _: mistake[3], text))
    return text


def plant_all(mistakes, quick):
    """How many survived."""
    survived = 0
    with tempfile.TemporaryDirectory(prefix="planted.") as folder:
        copy = Copy(folder)
        for number, mistake in enumerate(mistakes, 2):
            text = plant(copy, mistake)
            alarm = caught_by(copy, mistake, quick)
            with open(os.path.join(copy.top, mistake[1]), "w", encoding="utf-8") as f:
                f.write(text)
            survived += alarm is None
            print("%s %d - %s: %s (%s)" % ("ok" if alarm else "not ok", number, mistake[1],
                                           mistake[0], alarm or "nobody noticed"), flush=True)
    return survived


def main():
    words = sys.argv[1:]
    if "--help" in words:
        print(__doc__)
        return 0
    only = words[words.index("--only") + 1] if "--only" in words else ""
    mistakes = [m for m in MISTAKES if only in m[0]][::6 if "--quick" in words else 1]
    if "--check" in words:
        mistakes = []
    wrong = misplaced(TOP)
    print("%s 1 - each of %d mistakes has its place in the source" % (
        "not ok" if wrong else "ok", len(MISTAKES)), flush=True)
    for line in wrong:
        print("# " + line)
    survived = plant_all(mistakes, "--quick" in words) if mistakes and not wrong else 0
    print("1..%d" % (1 + (0 if wrong else len(mistakes))))
    return 1 if survived or wrong else 0


sys.exit(main())
