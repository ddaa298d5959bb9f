#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Every example in docs/fuse.conf.md means to the parser what the page says.

usage: test_conf_page.py CONF_LINES PAGE
"""
import re
import subprocess
import sys

conf_lines, page = sys.argv[1:]
text = open(page, encoding='utf-8').read()
passed = 0
failed = 0


def expect(what, got, want):
    global passed, failed
    if got == want:
        passed += 1
    else:
        failed += 1
        print(f'{what}: got {got!r}, the page says {want!r}')


def run(*args, stdin=''):
    return subprocess.run([conf_lines, *args], input=stdin, capture_output=True, text=True,
                          timeout=10, check=True).stdout


def parse(lines):
    """[(kind, reason)] for a text of fuse.conf."""
    return [tuple(line.split()[1:]) for line in run(stdin=lines).splitlines()]


def rows(header):
    """The rows of the table that begins with this header, cells without their backticks."""
    table = re.search(re.escape(header) + r'\n\|[ -|]*\n((?:\|.*\n)+)', text).group(1)
    return [[cell.strip().strip('`') for cell in row.split(' | ')]
            for row in (line.strip('| ') for line in table.splitlines())]


# Examples: all of them count, and every setting has one.
seen = set()
for block in re.findall(r'^```conf\n(.*?)^```', text, re.M | re.S):
    for line, (kind, reason) in zip(block.splitlines(), parse(block), strict=True):
        expect(line, reason, 'ok')
        seen.add(kind)
expect('settings with an example', seen,
       {'nothing', 'user_allow_other', 'mount_max', 'service_open_path'})
expect('settings that are described', set(re.findall(r'^\*\*`(\w+)', text, re.M)),
       seen - {'nothing'})

matches = rows('| pattern | path | matches |')
for pattern, path, want in matches:
    expect(f'{pattern} {path}', run(pattern, path).strip(), want)
expect('answers in the table of patterns', {row[2] for row in matches}, {'yes', 'no'})

refused = rows('| line | word | why |')
for line, word, _ in refused:
    expect(line, parse(line), [('nothing', word)])
words = {row[1] for row in refused}
expect('words with an example', words, {'unknown', 'value', 'number', 'name'})

# The two words without an example, and the limit that the page names.
limit = int(re.search(r'A line may be (\d+) bytes', text).group(1))
expect('longest line', parse('#' * limit), [('nothing', 'ok')])
expect('a longer line', parse('#' * (limit + 1)), [('nothing', 'oversize')])
expect('a NUL', parse('#\0'), [('nothing', 'inner-nul')])
for word in ('oversize', 'inner-nul'):
    expect(f'`{word}` in the page', f'`{word}`' in text, True)

print(f'{passed} passed, {failed} failed')
sys.exit(1 if failed else 0)
