#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The installed library as its users find it: headers, pkg-config, symbols.

usage: test_package.py BUILD SOURCE COMPILER…
Prints TAP; needs no privilege.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))

import wire  # noqa: E402

# As a server for libfuse 3.19 looks.
SERVER = r"""
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 19)
#include <fuse_lowlevel.h>
#include <fuse.h>
#include <fuse_service.h>
#include <stdio.h>
#include <string.h>

typedef int (*main_function)(struct fuse_service *, struct fuse_args *,
	const struct fuse_operations *, void *);

int main(int argc, char *argv[])
{
	struct fuse_service *service = NULL;
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct fuse_operations operations;
	main_function pointer = fuse_service_main;
	int ret;

	memset(&operations, 0, sizeof(operations));
	if (fuse_service_accept(&service))
		return 1;
	if (!fuse_service_accepted(service)) {
		puts(pointer ? "plain" : "");
		return fuse_service_exit(0);
	}
	fuse_service_expect_mount_format(service, S_IFDIR);
	ret = fuse_service_append_args(service, &args);
	if (!ret)
		ret = fuse_service_main(service, &args, &operations, NULL);
	fuse_service_destroy(&service);
	return fuse_service_exit(ret);
}
"""
# A service on the core alone.
CORE = r"""
#include <fsv_service.h>
#include <fsv_wire.h>
#include <stdio.h>

int main(void)
{
	struct fsv_service *service;

	if (fsv_service_accept(NULL, NULL, &service))
		return 1;
	if (service && fsv_service_hello_flags(service) & FSV_HELLO_ALLOW_OTHER)
		puts("service");
	else
		puts("plain");
	fsv_service_free(service);
	return 0;
}
"""
# The whole API with the types that servers for libfuse 3.19 rely on, whatever they include before.
API = r"""
#define FUSE_USE_VERSION %s
%s

extern int (*const accept_)(struct fuse_service **);
int (*const accept_)(struct fuse_service **) = fuse_service_accept;
extern bool (*const accepted)(const struct fuse_service *);
bool (*const accepted)(const struct fuse_service *) = fuse_service_accepted;
extern bool (*const can[])(const struct fuse_service *);
bool (*const can[])(const struct fuse_service *) = {
	fuse_service_can_allow_other, fuse_service_can_fuseblk };
extern int (*const args_)(struct fuse_service *, struct fuse_args *);
int (*const args_)(struct fuse_service *, struct fuse_args *) = fuse_service_append_args;
extern char *(*const cmdline)(int, const char *const *, struct fuse_args *);
char *(*const cmdline)(int, const char *const *, struct fuse_args *) = fuse_service_cmdline;
extern int (*const opts)(struct fuse_args *, struct fuse_cmdline_opts *);
int (*const opts)(struct fuse_args *, struct fuse_cmdline_opts *) = fuse_service_parse_cmdline_opts;
extern int (*const file)(const struct fuse_service *, const char *, int, mode_t, unsigned int);
int (*const file)(const struct fuse_service *, const char *, int, mode_t, unsigned int) =
	fuse_service_request_file;
extern int (*const blockdev)(
	const struct fuse_service *, const char *, int, mode_t, unsigned int, unsigned int);
int (*const blockdev)(
	const struct fuse_service *, const char *, int, mode_t, unsigned int, unsigned int) =
	fuse_service_request_blockdev;
extern int (*const receive)(const struct fuse_service *, const char *, int *);
int (*const receive)(const struct fuse_service *, const char *, int *) = fuse_service_receive_file;
extern int (*const finish)(const struct fuse_service *);
int (*const finish)(const struct fuse_service *) = fuse_service_finish_file_requests;
extern void (*const expect)(struct fuse_service *, mode_t);
void (*const expect)(struct fuse_service *, mode_t) = fuse_service_expect_mount_format;
extern int (*const mount_)(
	struct fuse_service *, struct fuse_session *, mode_t, struct fuse_cmdline_opts *);
int (*const mount_)(
	struct fuse_service *, struct fuse_session *, mode_t, struct fuse_cmdline_opts *) =
	fuse_service_session_mount;
extern int (*const unmount)(struct fuse_service *);
int (*const unmount)(struct fuse_service *) = fuse_service_session_unmount;
extern int (*const goodbye)(struct fuse_service *, int);
int (*const goodbye)(struct fuse_service *, int) = fuse_service_send_goodbye;
extern void (*const release)(struct fuse_service *);
void (*const release)(struct fuse_service *) = fuse_service_release;
extern void (*const destroy)(struct fuse_service **);
void (*const destroy)(struct fuse_service **) = fuse_service_destroy;
extern int (*const exit_)(int);
int (*const exit_)(int) = fuse_service_exit;
extern int (*const main_)(
	struct fuse_service *, struct fuse_args *, const struct fuse_operations *, void *);
int (*const main_)(
	struct fuse_service *, struct fuse_args *, const struct fuse_operations *, void *) =
	fuse_service_main;
extern const unsigned int quiet;
const unsigned int quiet = FUSE_SERVICE_REQUEST_FILE_QUIET == 1 ? 1 : 0;
"""
INCLUDES = ("fuse.h", "fuse_lowlevel.h", "fuse_service.h")
STRICT = ["-Wall", "-Wextra", "-Werror"]
PEDANTIC = ["-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wpedantic", "-Wundef"]

build, source = map(os.path.abspath, sys.argv[1:3])
compiler = sys.argv[3:]
count = failed = 0


def run(*words, **more):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False, **more)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}")
    return done.stdout


class Skip(Exception):
    """Something is not here."""


def case(name, function, *args):
    global count, failed
    count += 1
    try:
        function(*args)
        print(f"ok {count} - {name}", flush=True)
    except Skip as e:
        print(f"ok {count} - {name} # SKIP {e}", flush=True)
    except Exception:
        failed += 1
        print(f"not ok {count} - {name}")
        print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), flush=True)


with open(f"{build}/meson-info/intro-buildoptions.json", encoding="utf-8") as f:
    option = {o["name"]: o["value"] for o in json.load(f)}
sanitize = option["b_sanitize"]
flags = [] if sanitize == "none" else [f"-fsanitize={sanitize}"]


def installed(top):
    """Install below `top`, and let pkg-config find it there. The folder of the .pc files."""
    run("meson", "install", "-C", build, "--no-rebuild", "--destdir", top,
        env={**os.environ, "DESTDIR": top})
    found = [p for p, _, names in os.walk(top) if "fuse-service.pc" in names]
    assert len(found) == 1, found
    for name in os.listdir(found[0]):
        path = f"{found[0]}/{name}"
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"^prefix=", f"prefix={top}", text, flags=re.M))
    os.environ["PKG_CONFIG_PATH"] = found[0]
    return found[0]


def config(*words):
    return run("pkg-config", *words, "fuse-service").split()


def compiled(top, language):
    """The API in each order of headers, as the newest version and as the oldest that has it."""
    orders = [INCLUDES, INCLUDES[::-1], ("fuse_lowlevel.h", "fuse_service.h"),
              ("fuse.h", "fuse_service.h"), ("fuse_service.h",)]
    path, words = f"{top}/api.c", compiler if language == "c" else [*cxx(), "-x", "c++"]
    for version in ("FUSE_MAKE_VERSION(3, 19)", "319"):
        for order in orders:
            with open(path, "w", encoding="utf-8") as f:
                f.write(API % (version, "\n".join(f"#include <{name}>" for name in order)))
            run(*words, *STRICT, *PEDANTIC, *config("--cflags"), "-c", path, "-o", f"{top}/api.o")


def program(top, text, language, static, extra=()):
    suffix = {"c": "c", "c++": "cc"}[language]
    path = f"{top}/server.{suffix}"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    words = compiler if language == "c" else cxx()
    run(*words, *STRICT, *flags, *extra, *config("--cflags"), path, "-o", f"{top}/server",
        *config("--libs", *(["--static"] if static else [])))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LISTEN_")}
    out = run(f"{top}/server", env={**environment, "LD_LIBRARY_PATH": libdir()})
    assert out == "plain\n", out
    return run("readelf", "--dynamic", f"{top}/server")


def libdir():
    return run("pkg-config", "--variable=libdir", "fuse-service").strip()


def with_the_shared_one(top):
    """Nothing that only the library itself needs is linked by its users."""
    words = config("--libs")
    assert "-lfuse-service" in words and "-lfuse3" in words, words
    assert "-lsystemd" not in words and "-lfuse-service-proto" not in words, words
    needed = program(top, SERVER, "c", False)
    assert "[libfuse-service.so.0]" in needed and "[libsystemd" not in needed, needed


def without_the_shared_one(top):
    """A static link, as where only the archive is installed."""
    os.unlink(f"{libdir()}/libfuse-service.so")
    needed = program(top, SERVER, "c", True)
    assert "libfuse-service" not in needed and "[libfuse3.so" in needed, needed


def exported():
    """The shared library exports what the two headers declare, with a version, and no more."""
    path = f"{build}/server/libfuse-service.so"
    lines = run("nm", "--dynamic", "--defined-only", path).splitlines()
    found = {line.split()[-1] for line in lines if " A " not in line}
    wanted = {f"{name}@@FUSE_SERVICE_0.1" for name in
              declared("server/fuse_service.h", "fuse_service_") |
              declared("server/core/fsv_service.h", "fsv_service_")}
    assert found == wanted, found ^ wanted


# What a program of another language does, with the core alone.
FOREIGN_CALLER = r"""
import ctypes, sys
core = ctypes.CDLL(sys.argv[1])
core.fsv_service_arg.restype = ctypes.c_char_p
report = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(
    lambda _, line: print(line.decode(), flush=True))
service = ctypes.c_void_p()
assert core.fsv_service_accept(report, None, ctypes.byref(service)) == 0 and service
print([core.fsv_service_arg(service, i).decode() for i in range(core.fsv_service_argc(service))])
assert core.fsv_service_goodbye(service, 3) == 0
core.fsv_service_free(service)
"""


def other_language():
    """Python, by ctypes, is a service: handshake, arguments, goodbye."""
    if sanitize != "none":
        raise Skip("the sanitizer's library is not in Python")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        raise Skip("no FUSE device")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # The shell puts the connection where activation has it, and its own number in LISTEN_PID.
    service = subprocess.Popen(
        ["sh", "-c", f"exec env LISTEN_PID=$$ LISTEN_FDS=1 \"$@\" 3<&{theirs.fileno()}", "sh",
         sys.executable, "-c", FOREIGN_CALLER, f"{build}/server/libfuse-service.so"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        pass_fds=[theirs.fileno()])
    theirs.close()
    helper = wire.Helper(ours)
    helper.greet()
    helper.send_args(["lang", "/image", "mnt"])
    helper.send_fusedev()
    last = helper.command()
    helper.close()
    out = service.communicate(timeout=30)[0]
    assert (service.returncode, out) == (0, "['lang', '/image', 'mnt']\n"), out
    assert last == (wire.BYE, 3), last


def cxx():
    """The C++ compiler beside the C compiler."""
    name = re.sub("gcc", "g++", os.path.basename(compiler[-1]))
    name = "g++" if name == "cc" else re.sub("clang", "clang++", name)
    if not shutil.which(name):
        raise Skip(f"no {name}")
    return [name]


def variables():
    for name, value in (("service_socket_dir", option["service-socket-dir"]),
                        ("service_socket_perms", option["service-socket-perms"])):
        got = run("pkg-config", f"--variable={name}", "fuse-service").strip()
        assert got == value, f"{name}: {got}, not {value}"


def symbols(member_of=None):
    """{name: type} of the archive's global symbols."""
    lines = run("nm", "-g", "--defined-only" if not member_of else "--undefined-only",
                f"{build}/server/libfuse-service.a").splitlines()
    found, member = [], ""
    for line in lines:
        if line.endswith(":"):
            member = line.rstrip(":")
        elif line.split() and (not member_of or member_of in member):
            found.append(line.split()[-1])
    return found


# What sanitizers and coverage add.
FOREIGN = re.compile(r"^(__|_?_?asan|\.|DW\.)")


def own_symbols():
    strange = [s for s in symbols() if not re.match("(fuse_service|fsv)_", s)
               and not FOREIGN.match(s)]
    assert not strange, strange
    assert "fuse_service_accept" in symbols(), "nothing found"


def declared(header, prefix):
    """The functions of a header, but for those that are inline."""
    with open(f"{source}/{header}", encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/|^#.*?(?<!\\)$", "", f.read(), flags=re.S | re.M)
    text = re.sub(r"^static inline [^{]*{.*?^}", "", text, flags=re.S | re.M)
    found = set(re.findall(rf"\b({prefix}\w+)\(", text))
    assert len(found) > 15, found
    return found


def public_functions():
    """All functions that the header declares are there, and no other fuse_service_*."""
    wanted = declared("server/fuse_service.h", "fuse_service_")
    defined = {s for s in symbols() if s.startswith("fuse_service_")}
    assert wanted == defined, wanted ^ defined
    missing = declared("server/core/fsv_service.h", "fsv_service_") - set(symbols())
    assert not missing, missing


def manual_pages(top):
    """man fuse_service_accept, and so on."""
    names = declared("server/fuse_service.h", "fuse_service_") | {"fuse_service", "fsv_service"}
    names |= declared("server/core/fsv_service.h", "fsv_service_")
    folder_of_pages = f"{top}{option['prefix']}/{option['mandir']}/man3"
    missing = [n for n in names if not os.path.exists(f"{folder_of_pages}/{n}.3")]
    assert not missing, missing


def core_without_libfuse():
    undefined = symbols("core_")
    assert "fsv_packet_recv" in undefined, "nothing found"
    assert not [s for s in undefined if s.startswith("fuse_")], undefined


def never_sleeps():
    """Whatever it waits for ends the wait, also at the end (fuse_service_exit)."""
    undefined = set(symbols("."))
    assert "ppoll" in undefined, undefined
    found = {s for s in undefined if re.search("sleep|alarm|timer", s)}
    assert not found, found


with tempfile.TemporaryDirectory(prefix="fsv-package-") as folder:
    case("meson install", installed, f"{folder}/root")
    case("pkg-config has the socket's folder and mode", variables)
    for tongue in ("c", "c++"):
        case(f"the API of libfuse 3.19 in {tongue.upper()}, in any order of headers", compiled,
             folder, tongue)
    for flavour in (False, True):
        label = "pkg-config --libs" + (" --static" if flavour else "")
        case(f"a server for libfuse 3.19 in C links with {label}", program, folder, SERVER, "c",
             flavour, ["-Wconversion", "-Wstrict-prototypes", "-Wpedantic"])
        case(f"a server for libfuse 3.19 in C++ links with {label}", program, folder, SERVER, "c++",
             flavour)
    for tongue in ("c", "c++"):
        case(f"a service on the core alone, in {tongue.upper()}", program, folder, CORE, tongue,
             False, PEDANTIC)
    case("no global symbol but fuse_service_* and fsv_*", own_symbols)
    case("the library defines what the headers declare", public_functions)
    case("the library has no way to sleep", never_sleeps)
    case("each function has a manual page", manual_pages, f"{folder}/root")
    case("the core needs nothing of libfuse", core_without_libfuse)
    if option["shared-library"]:
        case("the shared library exports what the headers declare, and no more", exported)
        case("pkg-config --libs links the shared library and nothing that only it needs",
             with_the_shared_one, folder)
        case("a program of another language uses the core", other_language)
        case("pkg-config --libs --static links the archive", without_the_shared_one, folder)
print(f"1..{count}")
sys.exit(1 if failed else 0)
