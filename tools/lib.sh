# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
# shellcheck shell=bash
# What the tools share. To be sourced: it goes to the top of the source tree.

cd "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The comment at the head of the running script, behind its SPDX lines: that is its --help.
show_help() {
	sed -n '4,/^$/ s/^# \{0,1\}//p' "$0"
	exit 0
}

# quietly LOG COMMAND…: its output goes to LOG, which is shown if it fails.
quietly() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null && return
	printf '%s: this failed: %s\n' "${0##*/}" "$*" >&2
	cat -- "$log" >&2
	return 1
}

# need PACKAGE…: install what is missing. Elsewhere than on Debian it is for the user to do.
need() {
	local package log missing=()
	command -v dpkg-query >/dev/null || return 0
	for package; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "as root, please: apt-get install ${missing[*]}"
	echo "Installing ${missing[*]}"
	log=$(mktemp)
	if ! DEBIAN_FRONTEND=noninteractive quietly "$log" install_packages "${missing[@]}"; then
		rm -f "$log"
		die "could not install what is missing"
	fi
	rm -f "$log"
}

install_packages() {
	apt-get update && apt-get install -y --no-install-recommends "$@"
}

# Every file and link of the tree, committed or not, but nothing that is ignored.
list_files() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		find . -name 'build*' -prune -o -name .git -prune -o \( -type f -o -type l \) -print | cut -c3-
	fi | while IFS= read -r file; do
		{ [ ! -f "$file" ] && [ ! -L "$file" ]; } || printf '%s\n' "$file"
	done
}
