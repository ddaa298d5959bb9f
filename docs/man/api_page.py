#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The manual page (mdoc) of a header: what its comments say, so that there is one text.

usage: api_page.py HEADER PAGE LIBRARY
       api_page.py --names HEADER

PAGE is written; its name without the section is the page's title. LIBRARY is what pkg-config knows.
--names prints the functions, each of which is to be found as a page of its own.

Of a header it takes: the first comment after the licence (first sentence: what it is), and from
there on comments, each with the declarations that follow it. In a comment an empty line begins a
paragraph, a line that begins with a tab stands apart, `word` is a name, word() a function and
word(3) another page.
"""

import os
import re
import sys

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/) |
    (?P<guard>\#(?:ifdef|ifndef|endif|pragma|include)\b[^\n]*|extern\ "C"\ \{|^\}$) |
    (?P<define>\#define(?:[^\n]*\\\n)*[^\n]*) |
    (?P<inline>static\ inline[^{;]*\{.*?^\}) |
    (?P<declaration>\w[^;{]*(?:\{[^}]*\}\s*)?;) |
    (?P<space>\n\s*\n)
    """, re.S | re.M | re.X)
# The one comment that is for readers of the header alone.
NOT_FOR_PAGES = ("What the shared library exports.",)


def text_of(comment):
    lines = [re.sub(r"^ \* ?", "", line) for line in comment[2:-2].splitlines()]
    return "\n".join(lines).strip(" \n")


def parse(header):
    """(text of the first comment, [(text, [declarations])])"""
    groups, intro, text, open_group = [], None, [], False
    for found in TOKEN.finditer(header):
        kind, value = found.lastgroup, found[0]
        if kind == "comment":
            value = text_of(value)
            if value.startswith("SPDX") or value in NOT_FOR_PAGES:
                continue
            if intro is None:
                intro = value
                continue
            text, open_group = value, False
        elif kind in ("define", "inline", "declaration"):
            if kind == "define" and value.endswith("_H"):
                continue
            if not open_group and text:
                groups.append((text, []))
                open_group = True
            if open_group:
                groups[-1][1].append(value)
        elif kind == "space":
            text, open_group = [], False
    return intro, groups


def function(declaration):
    """(type, name, [arguments]) of a function that a header declares, or None."""
    line = " ".join(declaration.split("{")[0].rstrip(";").split())
    found = re.fullmatch(r"(?:static inline )?([\w ]+?[ *]+)(\w+)\((.*)\)", line)
    if not found or declaration.startswith(("typedef", "#")):
        return None
    return found[1].strip(), found[2], re.split(r",\s*", found[3])


def functions(groups):
    return [f for _, declarations in groups for f in map(function, declarations) if f]


def escaped(word):
    word = word.replace("\\", "\\e")
    return "\\&" + word if word[:1] in (".", "'") else re.sub(r"^-(?=\w)", r"\-", word)


def marked(word):
    """A word of a comment: (mdoc, whether it is a macro)."""
    found = re.fullmatch(r"([(\[]*)(`[^`]+`|\w+\(\)|[\w.]+\(\d\))([.,;:)\]!?]*)", word)
    if not found:
        return escaped(word), False
    before, core, after = found.groups()
    if core[0] == "`":
        core = "Va " + core.strip("`").replace("\\", "\\e")
    elif core.endswith("()"):
        core = "Fn " + core[:-2]
    else:
        core = "Xr " + core[:-1].replace("(", " ")
    return " ".join(["." + core if not before else f".No {before} Ns {core}", *after]), True


def words_of(paragraph):
    return re.findall(r"[(\[]*`[^`]+`\S*|\S+", paragraph)


def filled(paragraph):
    """Lines of mdoc: a new one for each sentence and each macro."""
    lines, line = [], []
    for word in words_of(paragraph):
        text, is_macro = marked(word)
        if is_macro:
            lines += [" ".join(line)] if line else []
            lines.append(text)
            line = []
            continue
        line.append(text)
        if re.search(r"[.!?:][)\"]?$", word) or len(" ".join(line)) > 80:
            lines.append(" ".join(line))
            line = []
    return lines + ([" ".join(line)] if line else [])


def paragraphs(text):
    lines = []
    for block in re.split(r"\n\s*\n", text):
        apart = block.startswith("\t")
        if apart:
            lines += [".Bd -filled -offset indent", *filled(block), ".Ed"]
        else:
            lines += ([".Pp"] if lines and lines[-1] != ".Ed" else []) + filled(block)
    return lines


def quoted(argument):
    return '"' + argument + '"'


def synopsis(groups):
    lines = []
    for kind, name, arguments in functions(groups):
        lines += [f".Ft {kind}", f".Fo {name}", *(f".Fa {quoted(a)}" for a in arguments), ".Fc"]
    return lines


def item(declarations):
    """The head of what one comment is about."""
    names = []
    for declaration in declarations:
        found = function(declaration)
        if found:
            names.append(f"Fn {found[1]}")
        elif declaration.startswith("#define"):
            # One with arguments stands in for a function that has a place of its own.
            names += [f"Dv {n}" for n in re.findall(r"#define\s+(\w+)(?!\w|\()", declaration)[:1]]
        elif declaration.startswith("typedef"):
            names.append("Vt " + re.search(r"\(\*(\w+)\)", declaration)[1])
        else:
            names.append("Vt " + re.match(r"(?:struct|enum) \w+", declaration)[0])
    if len(names) == 1:
        return [f".It {names[0]}"]
    return [".It Xo", *(f".{n} ," for n in names[:-1]), f".{names[-1]}", ".Xc"]


def definition(declarations):
    """Those that say more than a name."""
    lines = []
    for declaration in declarations:
        if function(declaration) or re.fullmatch(r"struct \w+;", declaration) or (
                "(" in declaration and declaration.startswith("#define")):
            continue
        lines += [line.replace("\\", "\\e") for line in declaration.splitlines()]
    return [".Bd -literal", *lines, ".Ed"] if lines else []


def page(header_name, title, library, header):
    intro, groups = parse(header)
    what, rest = re.match(r"(.*?[.:])\s+(.*)", intro, re.S).groups()
    lines = [f".\\\" Made from {header_name}.", ".Dd November 25, 2026", f".Dt {title.upper()} 3",
             ".Os fuse-service", ".Sh NAME", *(f".Nm {name} ," for _, name, _ in functions(groups)), f".Nm {title}",
             f".Nd {' '.join(what.rstrip('.:').split())}", ".Sh LIBRARY",
             f".Ql pkg-config --cflags --libs {library}", ".Sh SYNOPSIS", f".In {header_name}",
             *synopsis(groups), ".Sh DESCRIPTION", *paragraphs(intro), ".Bl -tag -width Ds"]
    for text, declarations in groups:
        lines += [*item(declarations), *paragraphs(text), *definition(declarations)]
    others = sorted({"fuse_service", "fsv_service"} - {title})
    lines += [".El", ".Sh SEE ALSO", *(f".Xr {o} 3 ," for o in others),
              ".Xr fuse-service-unit 8 ,", ".Xr fuservicemount3 8"]
    return "\n".join(lines) + "\n"


def main():
    words = sys.argv[1:]
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    if len(words) == 2 and words[0] == "--names":
        with open(words[1], encoding="utf-8") as f:
            print("\n".join(name for _, name, _ in functions(parse(f.read())[1])))
        return 0
    if len(words) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(words[0], encoding="utf-8") as f:
        text = page(os.path.basename(words[0]), os.path.basename(words[1]).rpartition(".")[0],
                    words[2], f.read())
    with open(words[1], "w", encoding="utf-8") as f:
        f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
