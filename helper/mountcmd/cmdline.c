/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "cmdline.h"

#include <getopt.h>
#include <string.h>

#include "fsv_words.h"

const char *mountcmd_fault_text(enum mountcmd_fault fault)
{
	switch (fault) {
	case MOUNTCMD_OK: return "nothing is wrong";
	case MOUNTCMD_OPERANDS: return "SOURCE and DIR are needed, and nothing else";
	case MOUNTCMD_FLAG: return "unknown option; mount options go behind -o";
	case MOUNTCMD_NO_VALUE: return "-o, -t and -N need a value behind them";
	case MOUNTCMD_NAMESPACE:
		return "-N is refused: it would run programs of another namespace; enter that "
		       "namespace and mount there";
	case MOUNTCMD_MANY_LISTS: return "too many -o; join the options with commas";
	case MOUNTCMD_TYPE:
		return "not a file-system type (letters, digits, '.', '_', '+' and '-', neither "
		       "'.' nor '-' first, at most 100 characters); give -t fuse.TYPE";
	case MOUNTCMD_DASH:
		return "an operand begins with '-' and would be taken for an option; write it "
		       "with ./ or as an absolute path";
	case MOUNTCMD_CHOICE: return "service= takes require, prefer or never";
	case MOUNTCMD_REMOUNT:
		return "a service cannot change its mount; unmount it and mount again, or change "
		       "the kernel's flags alone with mount -i -o remount,...";
	case MOUNTCMD_CLASH:
		return "setuid=, drop_privileges and pass_fuse_fd are for servers that are no "
		       "services; leave them out, or service=require";
	case MOUNTCMD_NEVER_SERVICE:
		return "service=require, but no service can have this name; give -t fuse.TYPE";
	case MOUNTCMD_FAULTS: break;
	}
	return "?";
}

static enum mountcmd_fault read_operand(struct mountcmd_line *line, const char *word)
{
	if (!line->source)
		line->source = word;
	else if (!line->dir)
		line->dir = word;
	else
		return MOUNTCMD_OPERANDS;
	return MOUNTCMD_OK;
}

/* The word before optind holds the list, whether it is a word of its own or joined to "-o". */
static enum mountcmd_fault read_list(struct mountcmd_line *line)
{
	int word = optind - 1;

	if (line->lists == MOUNTCMD_LISTS)
		return MOUNTCMD_MANY_LISTS;
	line->list[line->lists++] = (struct mountcmd_list){
		.word = word,
		.skip = (size_t)(optarg - line->argv[word]),
	};
	return MOUNTCMD_OK;
}

static enum mountcmd_fault read_word(struct mountcmd_line *line, int what)
{
	switch (what) {
	case 1: return read_operand(line, optarg);
	case 's': break; /* the service decides what it tolerates */
	case 'f': line->fake = true; break;
	case 'n': line->no_mtab = true; break;
	case 'v': line->verbose = true; break;
	case 'r': line->access = "ro"; break;
	case 'w': line->access = "rw"; break;
	case 'o': return read_list(line);
	case 't': line->type = optarg; break;
	case 'N': return MOUNTCMD_NAMESPACE;
	case ':': return MOUNTCMD_NO_VALUE;
	default: return MOUNTCMD_FLAG;
	}
	return MOUNTCMD_OK;
}

enum mountcmd_fault mountcmd_read(int argc, char *const *argv, struct mountcmd_line *line)
{
	enum mountcmd_fault fault = MOUNTCMD_OK;
	int what;

	*line = (struct mountcmd_line){ .argc = argc, .argv = (const char *const *)argv };
	/* 0 starts anew, after another command line too. What getopt would print holds argv raw. */
	optind = 0;
	opterr = 0;
	/* "-": operands in their order, whatever POSIXLY_CORRECT says; ":": a missing value has a
	 * result of its own. */
	while (!fault && (what = getopt(argc, argv, "-:sfnvrwo:t:N:")) != -1)
		fault = read_word(line, what);
	while (!fault && optind < argc)
		fault = read_operand(line, argv[optind++]);
	if (!fault && !line->dir)
		fault = MOUNTCMD_OPERANDS;
	return fault;
}

const char *mountcmd_list_text(const struct mountcmd_line *line, int i)
{
	return line->argv[line->list[i].word] + line->list[i].skip;
}

/* False where no service can have this name; then `*target` is untouched. */
static bool take_subtype(struct mountcmd_target *target, struct fsv_str name)
{
	struct fsv_str subtype;

	if (fsv_subtype(name, &subtype) != FSV_OK || subtype.len >= sizeof(target->subtype))
		return false;
	memcpy(target->subtype, subtype.s, subtype.len);
	target->subtype[subtype.len] = '\0';
	return true;
}

/* "TYPE#SOURCE", "TYPE#" and "TYPE"; the last two name no source. */
static void split_source(const char *word, struct mountcmd_target *target)
{
	const char *sharp = strchr(word, '#');

	(void)take_subtype(
		target, (struct fsv_str){ word, sharp ? (size_t)(sharp - word) : strlen(word) });
	target->source = sharp ? sharp + 1 : "";
}

/* What stands behind "mount." in the program's name, if that says "fuse.TYPE"; else NULL. */
static const char *type_of_program(const struct mountcmd_line *line)
{
	const char *name = line->argc > 0 ? line->argv[0] : "";
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	if (strncmp(name, "mount.fuse.", 11) != 0 && strncmp(name, "mount.fuseblk.", 14) != 0)
		return NULL;
	return name + strlen("mount.");
}

enum mountcmd_fault mountcmd_target(
	const struct mountcmd_line *line, struct mountcmd_target *target)
{
	const char *type = line->type ? line->type : type_of_program(line);

	*target = (struct mountcmd_target){ .source = line->source };
	if (!type || strcmp(type, "fuse") == 0 || strcmp(type, "fuseblk") == 0)
		split_source(line->source, target);
	else if (!take_subtype(target, fsv_str_of(type)))
		return MOUNTCMD_TYPE;
	/* As mount.fuse3 does: an empty source is none. */
	if (!target->source[0])
		target->source = NULL;
	return MOUNTCMD_OK;
}
