#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The first hour with the packages, as a new user on a clean system: makes docs/first-hour.md, or
says where it differs from what happens. Runs inside of what tests/systemd/boot boots, as root.

usage: first_hour.py [--print]
  --print  the page; else TAP
"""

import os
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path("/fsv/source/docs/first-hour.md")
DEBS = "/fsv/build"
HEAD = """<!-- SPDX-License-Identifier: MIT -->
<!-- SPDX-FileCopyrightText: 2026 fuse-service -->
<!-- Made by tests/package/first_hour.py, which a test compares with what happens. -->
# The first hour

What happened on a Debian 12 with a freshly booted systemd, where nothing of this project was installed. `#` is the
administrator, `$` is ann, an ordinary user. `tools/package` makes the packages.
"""
# (what is told, [(who, command, exit status)]): what is typed, in this order.
STORY = (
    ("Install. It starts nothing, and lets nobody but root mount yet.", (
        ("#", "dpkg -i fuse-service_*.deb fuse-service-adapter_*.deb", 0),
        ("$", "fuservicemount3 --list", 0),
    )),
    ("Ann has the image of a USB stick, a FAT file system, and wants to see what is on it. Nobody has set up a "
     "service for the type yet:", (
         ("$", "fuservicemount3 stick.img stick -t fusefat", 2),
     )),
    ("The administrator lets the members of a group mount FAT images. The server is Debian's own fusefat, run in the "
     "box:", (
         ("#", "fuse-service-unit fusefat --stock fusefat --group plugdev", 0),
         ("#", "systemctl daemon-reload && systemctl enable --now fusefat.socket", 0),
     )),
    ("Ann is not in that group:", (
        ("$", "fuservicemount3 stick.img stick -t fusefat", 1),
        ("$", "fuservicemount3 --list", 0),
    )),
    ("Now she is, and it works:", (
        ("#", "gpasswd --add ann plugdev", 0),
        ("$", "fuservicemount3 stick.img stick -t fusefat", 0),
        ("$", "findmnt --output SOURCE,FSTYPE,OPTIONS --mountpoint /home/ann/stick", 0),
        ("$", "ls stick", 0),
        ("$", "cat stick/letter.txt", 0),
        ("#", "systemctl list-units --plain --no-legend 'fusefat@*'", 0),
        ("$", "fusermount3 -u stick", 0),
    )),
    ("What can go wrong. The image is damaged, or is none:", (
        ("$", "fuservicemount3 damaged.img stick -t fusefat", 1),
        ("#", "journalctl -b -o cat -u 'fusefat@*' _TRANSPORT=stdout | tail -n 3", 0),
    )),
    ("The image is not there, or is not hers to read:", (
        ("$", "fuservicemount3 missing.img stick -t fusefat", 1),
        ("$", "fuservicemount3 /srv/private.img stick -t fusefat", 1),
    )),
    ("The mount point is not hers to write to, or is not there:", (
        ("$", "fuservicemount3 stick.img /srv/stick -t fusefat", 1),
        ("$", "fuservicemount3 stick.img nowhere -t fusefat", 1),
    )),
    ("An option is misspelt, or the type is:", (
        ("$", "fuservicemount3 stick.img stick", 1),
        ("$", "fuservicemount3 stick.img stick -t fusefta", 2),
    )),
    ("With mount(8) and fstab:", (
        ("#", "ln -s /usr/sbin/mount.fuse-service /sbin/mount.fuse.fusefat", 0),
        ("#", "mount -t fuse.fusefat /home/ann/stick.img /mnt", 0),
        ("#", "ls /mnt", 0),
        ("#", "umount /mnt", 0),
    )),
    ("Away with it. What was there before the installation is there again:", (
        ("#", "systemctl disable --now fusefat.socket", 0),
        ("#", "rm -r /etc/systemd/system/fusefat* /sbin/mount.fuse.fusefat", 0),
        ("#", "dpkg --purge fuse-service-adapter fuse-service", 0),
        ("#", "ls -d /run/fuse-service /run/filesystems /usr/lib/fuse-service", 2),
    )),
)
PREPARE = """
set -e
rm -f /usr/sbin/policy-rc.d
getent group plugdev >/dev/null || groupadd --system plugdev
groupadd --gid 1000 --non-unique ann
useradd --uid 1000 --non-unique --gid ann --create-home ann
cd /home/ann
mkdir stick /srv/stick
mkfs.fat -C stick.img 1024 >/dev/null
printf 'Dear Ann,\\nhere are the pictures.\\n' >letter.txt
mcopy -i stick.img letter.txt ::letter.txt
rm letter.txt
cp stick.img damaged.img
dd if=/dev/zero of=damaged.img bs=512 count=1 conv=notrunc status=none
chown -R ann:ann .
head -c 65536 /dev/zero >/srv/private.img
chmod 0600 /srv/private.img
"""
# What is another time, number or length each time.
CHANGING = (
    (re.compile(r"@\d+-[\d-]+\.service"), "@N.service"),
    (re.compile(r"PID \d+/"), "PID N/"),
    (re.compile(r"\(Reading database.*\n|.*Reading database \.\.\. *(\d+%)?\n?"), ""),
    (re.compile(r"_\d[\d.]*-\d+_\w+\.deb"), "_VERSION.deb"),
    (re.compile(r"\(\d[\d.]*-\d+\)"), "(VERSION)"),
    (re.compile(r"Processing triggers for .*\n"), ""),
    (re.compile(r"[ \t]+\n"), "\n"),
)


def bash(who, text):
    identity = ["setpriv", "--reuid=ann", "--regid=ann", "--init-groups"] if who == "$" else []
    where = "/home/ann" if who == "$" else DEBS
    return subprocess.run([*identity, "env", "HOME=/home/ann", "SYSTEMD_PAGER=", "LC_ALL=C.UTF-8",
                           "TERM=dumb", "bash", "-c", text], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90,
                          check=False, cwd=where if os.path.isdir(where) else "/")


def plain(text):
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


def tell():
    """(the page, what ended otherwise than told)"""
    parts, wrong = [HEAD], []
    ready = bash("#", PREPARE)
    if ready.returncode:
        wrong.append(ready.stdout)
    for text, typed in STORY:
        lines = []
        for who, command, status in typed:
            result = bash(who, command)
            if result.returncode != status:
                wrong.append(f"{command}: exit status {result.returncode}: {result.stdout}")
            lines.append(f"{who} {command}\n{plain(result.stdout)}".rstrip("\n") +
                         (f"\n(exit status {status})" if status else ""))
        parts.append("\n".join([text, "", "```text", *lines, "```", ""]))
    return "\n".join(parts), wrong


def main():
    page, wrong = tell()
    if "--print" in sys.argv:
        print(page, end="")
        if wrong:
            print("\n".join(wrong), file=sys.stderr)
        return 1 if wrong else 0
    print("1..2")
    print(f"{'not ok' if wrong else 'ok'} 1 - the first hour ends as it is told")
    print("".join(f"# {w}\n" for w in "\n".join(wrong).splitlines()), end="")
    there = PAGE.read_text("utf-8")
    same = page == there
    print(f"{'ok' if same else 'not ok'} 2 - docs/first-hour.md is what happens")
    if not same:
        pathlib.Path("/tmp/page").write_text(page, "utf-8")
        print("".join(f"# {line}\n" for line in
                      bash("#", f"diff -u {PAGE} /tmp/page").stdout.splitlines()), end="")
        print("# tools/package --first-hour writes it anew")
    return 1 if wrong or not same else 0


if __name__ == "__main__":
    sys.exit(main())
