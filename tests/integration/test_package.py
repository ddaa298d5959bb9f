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
import subprocess
import sys
import tempfile
import traceback

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
#include <stdio.h>

int main(void)
{
	struct fsv_service *service;

	if (fsv_service_accept(NULL, NULL, &service))
		return 1;
	puts(service ? "service" : "plain");
	fsv_service_free(service);
	return 0;
}
"""
STRICT = ["-Wall", "-Wextra", "-Werror"]

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


def program(top, text, language, static, extra=()):
    suffix = {"c": "c", "c++": "cc"}[language]
    path = f"{top}/server.{suffix}"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    words = compiler if language == "c" else cxx()
    run(*words, *STRICT, *flags, *extra, *config("--cflags"), path, "-o", f"{top}/server",
        *config("--libs", *(["--static"] if static else [])))
    out = run(f"{top}/server", env={k: v for k, v in os.environ.items()
                                    if not k.startswith("LISTEN_")})
    assert out == "plain\n", out


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


def public_functions():
    """All functions that the header declares are there, and no other fuse_service_*."""
    with open(f"{source}/server/fuse_service.h", encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    declared = set(re.findall(r"^(?:int|void|bool|char \*|char) ?(fuse_service_\w+)\(", text, re.M))
    defined = {s for s in symbols() if s.startswith("fuse_service_")}
    assert len(declared) > 15, declared
    assert declared == defined, declared ^ defined


def core_without_libfuse():
    undefined = symbols("core_")
    assert "fsv_packet_recv" in undefined, "nothing found"
    assert not [s for s in undefined if s.startswith("fuse_")], undefined


with tempfile.TemporaryDirectory(prefix="fsv-package-") as folder:
    case("meson install", installed, f"{folder}/root")
    case("pkg-config has the socket's folder and mode", variables)
    for flavour in (False, True):
        label = "pkg-config --libs" + (" --static" if flavour else "")
        case(f"a server for libfuse 3.19 in C links with {label}", program, folder, SERVER, "c",
             flavour, ["-Wconversion", "-Wstrict-prototypes", "-Wpedantic"])
        case(f"a server for libfuse 3.19 in C++ links with {label}", program, folder, SERVER, "c++",
             flavour)
    case("a service on the core alone", program, folder, CORE, "c", False)
    case("no global symbol but fuse_service_* and fsv_*", own_symbols)
    case("the library defines what the header declares", public_functions)
    case("the core needs nothing of libfuse", core_without_libfuse)
print(f"1..{count}")
sys.exit(1 if failed else 0)
