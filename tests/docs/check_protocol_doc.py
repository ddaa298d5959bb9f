#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""docs/protocol.md against the code and the test vectors.

- Every constant of proto/fsv_wire.h stands in a table of the page with its value, and the other way
  round.
- A decoder that is made from nothing but the page's tables reads every accepted packet among the
  vectors to the same kind and fields, and knows who sends it.

usage: check_protocol_doc.py SOURCE [--self-test]
  --self-test  change the page in small ways and expect each change to be found
Prints TAP.
"""

import glob
import re
import struct
import sys

NUMBER = re.compile(r"(?:0x[0-9a-fA-F]+|[0-9]+)")
FORMS = {"u16": ">H", "u32": ">I"}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def number(text):
    """A C constant or a value of the page: hexadecimal, octal with a leading 0, or decimal."""
    text = text.strip("`")
    if not NUMBER.fullmatch(text):
        return text
    return int(text, 16 if text.startswith("0x") else 8 if text.startswith("0") else 10)


def header_constants(text):
    found = {}
    for name, value in re.findall(r'^#define (FSV_\w+)\s+("[^"]*"|\w+)', text, re.M):
        found[name] = value.strip('"') if value.startswith('"') else number(value.rstrip("u"))
    return found


def tables(page):
    """Each table as a list of rows, {column: cell}."""
    head = rows = None
    for line in page.splitlines() + [""]:
        if not line.startswith("|"):
            if rows:
                yield rows
            head = rows = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head, rows = cells, []
        elif not re.fullmatch(r"[-| ]+", line):
            rows.append(dict(zip(head, cells, strict=True)))


def page_constants(page):
    found = {}
    for rows in tables(page):
        for row in rows:
            if "value" in row and row["name"].startswith("`FSV_"):
                if row["name"] in found:
                    raise ValueError(f"{row['name']} stands there twice")
                found[row["name"].strip("`")] = number(row["value"])
    blob = re.search(r"`u32` magic, `(0x[0-9a-f]+)` \((\w+)\)", page)
    found["FSV_MAGIC_ARGS"] = number(blob[1])
    if int(blob[1], 16) != int.from_bytes(blob[2].encode(), "big"):
        raise ValueError("the blob's letters are not its magic")
    for row in packets(page).values():
        found[f"FSV_MAGIC_{row['name']}"] = number(row["magic"])
        if int(row["magic"].strip("`"), 16) != int.from_bytes(row["letters"].encode(), "big"):
            raise ValueError(f"{row['name']}: the letters are not the magic")
    return found


def packets(page):
    """{magic: row} of the table of packets."""
    [rows] = [rows for rows in tables(page) if "magic" in rows[0]]
    return {number(row["magic"]): row for row in rows}


def constants(page, header):
    page, header = page_constants(page), header_constants(header)
    wrong = [f"{n}: {page.get(n, 'not on the page')} on the page, "
             f"{header.get(n, 'not there')} in fsv_wire.h"
             for n in sorted(page.keys() | header.keys()) if page.get(n) != header.get(n)]
    return "\n".join(wrong)


def decode(row, data):
    """The fields of a packet by the page's list of fields."""
    at, found = 4, {}
    for field in row["fields"].split(", ") if row["fields"] != "nothing" else []:
        form, _, name = field.partition(" ")
        if form == "str":
            found[name] = data[at:-1].decode("latin-1")
            if at + 2 > len(data) or data.index(0, at) != len(data) - 1:
                raise ValueError(f"{name}: no string")
            at = len(data)
            continue
        size = struct.calcsize(FORMS[form])
        [value] = struct.unpack_from(FORMS[form], data, at)
        at += size
        if name != "pad":
            found[name] = str(value)
        elif value:
            raise ValueError("pad is not zero")
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes are left over")
    return found


def plain(value):
    return re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), value)


def vectors(source):
    for path in sorted(glob.glob(f"{source}/tests/vectors/*.txt")):
        for block in read(path).strip("\n").split("\n\n"):
            lines = [line.split(": ", 1) for line in block.splitlines()]
            yield {key.rstrip(":"): rest[0] if rest else "" for key, *rest in lines}


def decoded(page, source):
    table, wrong, seen = packets(page), [], set()
    for vector in vectors(source):
        if "kind" not in vector or vector["from"] == "blob":
            continue
        data = bytes.fromhex(vector["hex"])
        wanted = {k: plain(v) for k, v in vector.items()
                  if k not in ("name", "from", "hex", "kind")}
        row = table.get(int.from_bytes(data[:4], "big"), {"name": None, "from": None})
        try:
            got = decode(row, data)
        except (ValueError, KeyError, struct.error) as e:
            got = str(e)
        if (row["name"], row["from"], got) != (vector["kind"], vector["from"], wanted):
            wrong.append(f"{vector['name']}: {row['name']} from {row['from']}, {got}")
        seen.add(vector["kind"])
    wrong += [f"no vector for {row['name']}" for row in table.values() if row["name"] not in seen]
    return "\n".join(wrong)


def answers(page):
    """What a command is answered with is a packet of the other side."""
    table = {row["name"]: row for row in packets(page).values()}
    wrong = []
    for name, row in table.items():
        answer = row["answer"]
        if answer != "–" and table.get(answer, {}).get("from") in (None, row["from"]):
            wrong.append(f"{name} is answered with {answer}")
    return "\n".join(wrong)


def example(page):
    """The example's bytes are packets of the table."""
    table, wrong = packets(page), []
    [rows] = [rows for rows in tables(page) if "bytes" in rows[0] and "packet" in rows[0]]
    for row in rows:
        head, text = re.fullmatch(r"`([0-9a-f ]+)`(?: (\S+)\.)?", row["bytes"]).groups()
        data = bytes.fromhex(head) + (text.encode() + b"\0" if text else b"")
        found = table.get(int.from_bytes(data[:4], "big"), {"name": None, "from": None})
        try:
            decode(found, data)
        except (ValueError, KeyError, struct.error) as e:
            wrong.append(f"{row['packet']}: {e}")
        if (found["name"], found["from"]) != (re.split(r"[ ,]", row["packet"])[0], row["from"]):
            wrong.append(f"{row['packet']} from {row['from']}: the bytes are {found['name']}'s")
    return "\n".join(wrong)


def problems(page, header, source):
    found = {}
    for name, check in (("numbers are those of fsv_wire.h", lambda: constants(page, header)),
                        ("fields are those of the test vectors", lambda: decoded(page, source)),
                        ("answers come from the other side", lambda: answers(page)),
                        ("the example is made of packets", lambda: example(page))):
        try:
            found[name] = check()
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            found[name] = f"unreadable: {e!r}"
    return found


# (what is changed, from, to): each must be found.
CHANGES = (
    ("a magic", "`0x4f50454e` | OPEN", "`0x4f50454f` | OPEN"),
    ("a letter", "| SAFT |", "| SAFE |"),
    ("a limit", "| 65536 |", "| 65535 |"),
    ("a flag", "| 2 | `FSV_HELLO_FUSEBLK`", "| 4 | `FSV_HELLO_FUSEBLK`"),
    ("a name", "`FSV_MS_NOEXEC`", "`FSV_MS_NOEXECUTE`"),
    ("an octal number", "| 01000 | `FSV_O_TRUNC`", "| 0x1000 | `FSV_O_TRUNC`"),
    ("a field's width", "service | u32 exit_code", "service | u16 exit_code"),
    ("a field's name", "u32 ms_flags", "u32 mount_flags"),
    ("the order of fields", "u16 expected_format, u16 pad", "u16 pad, u16 expected_format"),
    ("a field too many", "| u32 error | –", "| u32 error, u32 pad | –"),
    ("the sender", "BYEE | service", "BYEE | helper"),
    ("an answer", "u32 ms_flags | REPLY", "u32 ms_flags | BYE"),
    ("the example", "`4d4e5450 4000 0000`", "`4d4e5450 4000 0001`"),
    ("a row that is missing", "| 0x8 | `FSV_MS_NOEXEC` | noexec |\n", ""),
)


def main():
    source = sys.argv[1]
    page, header = read(f"{source}/docs/protocol.md"), read(f"{source}/proto/fsv_wire.h")
    if "--self-test" in sys.argv:
        results = []
        for what, old, new in CHANGES:
            found = problems(page.replace(old, new, 1), header, source)
            results.append((f"finds a change: {what}",
                            "" if old in page and any(found.values()) else "not found"))
    else:
        results = list(problems(page, header, source).items())
    print(f"1..{len(results)}")
    for count, (name, problem) in enumerate(results, 1):
        print(f"{'not ok' if problem else 'ok'} {count} - {name}")
        print("".join(f"# {line}\n" for line in problem.splitlines()), end="")
    return 1 if any(problem for _, problem in results) else 0


if __name__ == "__main__":
    sys.exit(main())
