/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * mount.fuse-service: what mount(8) runs for `mount -t fuse.TYPE`. It has no privilege and needs
 * none: it translates the command line and runs fuservicemount3, or becomes the distribution's
 * mount.fuse3 for types that are no services.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmdline.h"
#include "decide.h"
#include "installed.h"
#include "run.h"
#include "say.h"
#include "words.h"

static const char *const usage_lines[] = {
	"Usage: mount -t fuse.TYPE SOURCE DIR [-o OPTIONS]",
	"       " PROGRAM " SOURCE DIR [-fnrsvw] [-o OPTIONS]... [-t fuse.TYPE]",
	"       " PROGRAM " TYPE#[SOURCE] DIR [-fnrsvw] [-o OPTIONS]...",
	"       " PROGRAM " --help | --version",
	"Mount a file system through the service TYPE; a helper of mount(8), linked as "
	"mount.fuse.TYPE.",
	"",
	"  -t TYPE     the type, also written fuse.TYPE; else that of the link's name or before "
	"the #",
	"  -o OPTIONS  mount options, comma-separated; those of the service too",
	"  -f          check only whether it could be mounted",
	"  -n          write no entry for x-* options",
	"  -r, -w      as -o ro, -o rw",
	"  -s          accepted, the service decides what it tolerates",
	"  -v          say what is run",
	"  -N          refused: it would run programs of another namespace",
	"",
	"  -o service=require  the service, or nothing",
	"  -o service=prefer   the service if its socket is there, else mount.fuse3",
	"  -o service=never    mount.fuse3",
	"Without service= it is the service or nothing where one is installed, else mount.fuse3.",
	"Exit status: 0 mounted, 1 usage, 2 system error, 8 interrupted, 32 failed.",
};

static int help(void)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(usage_lines) / sizeof(usage_lines[0]) && !ret; i++)
		ret = print_line("%s", usage_lines[i]);
	return ret ? MOUNTCMD_EXIT_SYSTEM : MOUNTCMD_EXIT_OK;
}

static enum mountcmd_exit refuse(enum mountcmd_fault fault)
{
	say("%s", mountcmd_fault_text(fault));
	if (fault < MOUNTCMD_TYPE)
		say("try " PROGRAM " --help");
	return MOUNTCMD_EXIT_USAGE;
}

/* The command line for fuservicemount3, and what its words are made of. */
struct helper_words {
	const char *argv[8];
	int argc;
	char *options;
};

static void add(struct helper_words *words, const char *word)
{
	words->argv[words->argc++] = word;
}

static bool make_words(const struct mountcmd_line *line, const struct mountcmd_target *target,
	struct helper_words *words)
{
	size_t size = mountcmd_options_size(line);

	*words = (struct helper_words){ .options = malloc(size) };
	if (!words->options || !mountcmd_options(line, words->options, size))
		return false;
	add(words, FUSERVICEMOUNT);
	if (target->source)
		add(words, target->source);
	add(words, line->dir);
	add(words, "-t");
	add(words, target->subtype);
	if (words->options[0]) {
		add(words, "-o");
		add(words, words->options);
	}
	return true;
}

static enum mountcmd_exit check_mount_point(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 && (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)))
		return MOUNTCMD_EXIT_OK;
	say("%s: no directory or file to mount on", said_text(dir));
	return MOUNTCMD_EXIT_FAILED;
}

/* -f: everything that can be looked at without starting an instance of the service. */
static enum mountcmd_exit check_only(
	const struct mountcmd_line *line, const struct mountcmd_target *target)
{
	const char *const argv[] = { FUSERVICEMOUNT, "-t", target->subtype, "--check", NULL };
	struct run_result result;

	if (line->verbose)
		run_show(FUSERVICEMOUNT, argv);
	result = run_helper(argv);
	return result.exit ? result.exit : check_mount_point(line->dir);
}

static enum mountcmd_exit mount_service(const struct mountcmd_line *line,
	const struct mountcmd_target *target, enum mountcmd_choice choice)
{
	struct helper_words words;
	struct run_result result = { .exit = MOUNTCMD_EXIT_SYSTEM };

	if ((target->source && target->source[0] == '-') || line->dir[0] == '-')
		return refuse(MOUNTCMD_DASH);
	if (line->fake)
		return check_only(line, target);
	if (make_words(line, target, &words)) {
		if (line->verbose)
			run_show(FUSERVICEMOUNT, words.argv);
		result = run_helper(words.argv);
	} else {
		say("out of memory");
	}
	free(words.options);
	if (result.no_service && choice == MOUNTCMD_AS_INSTALLED)
		say("%s is installed as a service, so nothing else is tried in its place; "
		    "-o service=never means mount.fuse3",
			target->subtype);
	return result.exit;
}

/* A list that had nothing but service= in it goes with its "-o". */
static void drop_list(const char **argv, const struct mountcmd_list *list)
{
	const char *word = argv[list->word];

	if (list->skip == 0 && strcmp(argv[list->word - 1], "-o") == 0)
		argv[list->word - 1] = argv[list->word] = NULL;
	else if (list->skip == 2 && strncmp(word, "-o", 2) == 0)
		argv[list->word] = NULL;
}

static bool without_choice(
	const struct mountcmd_line *line, const struct mountcmd_list *list, const char **argv)
{
	const char *word = line->argv[list->word];
	char *copy = malloc(strlen(word) + 1);

	if (!copy)
		return false;
	memcpy(copy, word, list->skip);
	if (!mountcmd_without_choice(word + list->skip, copy + list->skip)) {
		free(copy);
		return true;
	}
	argv[list->word] = copy;
	if (!copy[list->skip])
		drop_list(argv, list);
	return true;
}

/*
 * The words for mount.fuse3: as they came, but for service=, which it would hand to the server.
 * NULL where memory runs out. They live until this program becomes that one.
 */
static const char **classic_words(const struct mountcmd_line *line)
{
	const char **argv = calloc((size_t)line->argc + 1, sizeof(*argv));
	int i, used = 0;

	if (!argv)
		return NULL;
	for (i = 0; i < line->argc; i++)
		argv[i] = line->argv[i];
	for (i = 0; i < line->lists; i++)
		if (!without_choice(line, &line->list[i], argv))
			return NULL;
	for (i = 0; i < line->argc; i++)
		if (argv[i])
			argv[used++] = argv[i];
	argv[used] = NULL;
	return argv;
}

static enum mountcmd_exit mount_classic(const struct mountcmd_line *line, const char *subtype)
{
	const char *program = installed_classic();
	const char **argv;

	if (!program) {
		say("%s: no such service is installed, nor is mount.fuse3", subtype);
		return MOUNTCMD_EXIT_FAILED;
	}
	argv = classic_words(line);
	if (!argv) {
		say("out of memory");
		return MOUNTCMD_EXIT_SYSTEM;
	}
	if (line->verbose)
		run_show(program, argv);
	return run_instead(program, argv);
}

static enum mountcmd_exit mount_it(const struct mountcmd_line *line)
{
	struct mountcmd_target target;
	struct mountcmd_facts facts = { 0 };
	struct mountcmd_decision decision;
	enum mountcmd_fault fault = mountcmd_target(line, &target);

	if (!fault)
		fault = mountcmd_wishes(line, &facts.wishes);
	if (fault)
		return refuse(fault);
	facts.possible = target.subtype[0];
	facts.installed = facts.possible && installed_service(target.subtype, line->argv[0]);
	facts.socket = facts.possible && installed_socket(target.subtype);
	decision = mountcmd_decide(&facts);
	switch (decision.way) {
	case MOUNTCMD_SERVICE: return mount_service(line, &target, facts.wishes.choice);
	case MOUNTCMD_CLASSIC:
		return mount_classic(line, facts.possible ? target.subtype : "this name");
	case MOUNTCMD_NEITHER: break;
	}
	return refuse(decision.fault);
}

int main(int argc, char **argv)
{
	struct mountcmd_line line;
	enum mountcmd_fault fault;

	/* It runs what its caller could run; with the rights of somebody else it would be a gift.
	 */
	if (getuid() != geteuid() || getgid() != getegid()) {
		say("must not be installed setuid or setgid: fuservicemount3 has the privilege");
		return MOUNTCMD_EXIT_USAGE;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return print_line(PROGRAM " " PROJECT_VERSION) ? MOUNTCMD_EXIT_SYSTEM : 0;
	fault = mountcmd_read(argc, argv, &line);
	return (int)(fault ? refuse(fault) : mount_it(&line));
}
