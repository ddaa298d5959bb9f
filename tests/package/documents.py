# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Runs the commands of the documents and manual pages, with the packages installed, as somebody who
follows them would: `$` as the user ann in her home, `#` as root. Each must succeed, and print what the
page shows."""

import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path("/fsv/source")
sys.path.insert(0, str(SOURCE / "tests/docs"))
import commands  # noqa: E402

HOME = pathlib.Path("/home/ann")
UNITS = pathlib.Path("/etc/systemd/system")
# What a page takes for granted: who ann is, what she has, and a server of the name that it uses.
PREPARE = """
set -e
groupadd --force disk
groupadd --gid 1000 --non-unique ann
useradd --uid 1000 --non-unique --gid ann --groups disk,users --create-home ann
cd /home/ann
mkdir mnt disk /mnt/there
head -c 1M /dev/urandom >image
cp image disk.img
mksquashfs /usr/share/doc/fuse-service image.sqfs -quiet -no-progress >/dev/null
cp /usr/share/doc/libfuse-service-dev/examples/* .
gunzip -f ./*.gz 2>/dev/null || true
chown -R ann:ann .
cp /usr/libexec/fuse-service/service_ll /usr/libexec/my-fuse-ext4
mkdir -p /usr/local/lib/fuse-service/profiles
cp /usr/lib/fuse-service/profiles/squashfuse /usr/local/lib/fuse-service/profiles/mine
mkdir -p /etc/systemd/system/service_ll.socket.d
printf '[Socket]\\nSocketMode=0666\\n' >/etc/systemd/system/service_ll.socket.d/all.conf
systemctl daemon-reload
systemctl restart service_ll.socket
"""
# More of that, for one page.
ALSO = {
    "docs/man/fuservicemount3.8.in": """
fuse-service-unit ext4 --exec /usr/libexec/my-fuse-ext4 --mode 0666 >/dev/null
systemctl daemon-reload
systemctl start ext4.socket
""",
    "docs/man/fuse-service-examples.8.in": "rmdir mnt\n",
    # dpkg-divert takes away what is not there in a minimal system.
    "docs/man/mount.fuse-service.8.in": "[ -e /sbin/mount.fuse ] || touch /sbin/mount.fuse\n",
}
CLEAN = """
for point in $(findmnt --raw --noheadings --output TARGET | grep -E '^(/home/ann|/mnt/there)'); do
	umount "$point"
done
for type in service_ll null squashfuse mine ext4; do
	systemctl --quiet disable --now "$type.socket" 2>/dev/null
done
rmdir --ignore-fail-on-non-empty /etc/systemd/system/sockets.target.wants 2>/dev/null
[ ! -L /sbin/mount.fuse ] || [ ! -e /sbin/mount.fuse.distrib ] || {
	rm /sbin/mount.fuse
	dpkg-divert --local --rename --remove /sbin/mount.fuse >/dev/null
}
rm -rf /etc/systemd/system/{mine,squashfuse,ext4,ext3}{.socket,@.service,@.service.d} \\
	/etc/systemd/system/service_ll{.socket,@.service}.d /sbin/mount.fuse.TYPE \\
	/sbin/mount.fuse.ext4 /usr/libexec/my-fuse-ext4 /usr/libexec/mine \\
	/usr/local/lib/fuse-service /mnt/there
userdel --force ann
groupdel ann 2>/dev/null
rm -rf --one-file-system /home/ann
systemctl daemon-reload
true
"""


def bash(text, user=None):
    identity = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}",
                                        "--init-groups"]
    return subprocess.run([*identity, "env", f"HOME={HOME}", "SYSTEMD_PAGER=", "bash", "-c", text],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
                          cwd=HOME if HOME.exists() else "/")


def run(command):
    """"", or what is wrong."""
    result = bash(command.text, None if command.root else "ann")
    if result.returncode:
        return f"{command.text}: exit status {result.returncode}: {result.stdout}"
    shown = command.output.strip()
    if shown and re.sub(r"\s+", " ", shown) not in re.sub(r"\s+", " ", result.stdout):
        return f"{command.text}: printed {result.stdout}"
    return ""


def run_page(page, found):
    problems = []
    ready = bash(PREPARE + ALSO.get(page, ""))
    if ready.returncode:
        problems.append(f"{page}: {ready.stdout}")
    for command in found:
        problem = "" if problems else run(command)
        problems += [f"{page}: {problem}"] if problem else []
    left = bash(CLEAN)
    return problems + ([left.stdout] if left.returncode else [])


def run_all():
    """(how many were run, what was wrong)"""
    reasons = commands.not_run(SOURCE)
    pages = {}
    for command in commands.everything(str(SOURCE)):
        if commands.is_run(command, reasons):
            pages.setdefault(command.page, []).append(command)
    problems = [p for page, found in pages.items() for p in run_page(page, found)]
    return sum(map(len, pages.values())), problems
