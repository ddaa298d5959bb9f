/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fuservicemount3: start safely, split in two, talk, and give the exit status. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"
#include "config.h"
#include "mounter/start.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "say.h"
#include "session/connect.h"
#include "session/probe.h"
#include "session/session.h"
#include "startup.h"
#include "utab/utab.h"

#define EXIT_MOUNTED	0
#define EXIT_FAILED	1
#define EXIT_NO_SERVICE 2

/* In brackets where pieces are joined: clang takes those for a forgotten comma. */
static const char *const usage_lines[] = {
	("Usage: " PROGRAM " [--timeout SECONDS] [SOURCE] MOUNTPOINT -t TYPE [-o OPTIONS]..."),
	("       " PROGRAM " -t TYPE --check"),
	("       " PROGRAM " --list | --features | --help | --version"),
	"Mount SOURCE on MOUNTPOINT through the file-system service TYPE (also written fuse.TYPE).",
	"",
	("  -t TYPE            the service, a socket in " SERVICE_SOCKET_DIR),
	"  -o OPTIONS         mount options, comma-separated; those of the service too",
	"  --timeout SECONDS  give up after so long (must come first)",
	"  --check            is there such a service, and may you use it? (exit status 0 or 1)",
	"  --list             the types that there are, and which you may use",
	"  --features         what hardening is active here",
	"Every other word goes to the service as it is.",
	"Exit status: 0 mounted, 1 failed, 2 there is no such service.",
};

static int help(const struct caller *caller)
{
	size_t i;
	int ret = 0;

	(void)caller;
	for (i = 0; i < sizeof(usage_lines) / sizeof(usage_lines[0]) && !ret; i++)
		ret = print_line("%s", usage_lines[i]);
	return ret ? EXIT_FAILED : 0;
}

static int usage(void)
{
	say("%s", usage_lines[0]);
	say("try " PROGRAM " --help");
	return EXIT_FAILED;
}

static int check(const struct caller *caller)
{
	int ret;

	if (!caller->subtype[0])
		return usage();
	ret = connect_check(caller->subtype);
	if (!ret)
		return 0;
	say("%s: " SERVICE_SOCKET_DIR "/%s: %s", caller->subtype, caller->subtype, said_error(ret));
	if (ret == -EACCES)
		connect_explain_access(caller->subtype);
	return EXIT_FAILED;
}

static int list(const struct caller *caller)
{
	int ret = connect_list();

	(void)caller;
	if (!ret)
		return 0;
	say(SERVICE_SOCKET_DIR ": %s", said_error(ret));
	return EXIT_FAILED;
}

static const char *features_utab(enum privilege privilege)
{
	if (privilege == PRIVILEGE_ROOT || privilege == PRIVILEGE_SETUID)
		return "x- options are written to it";
	return "nothing is written to it, which takes root or setuid root";
}

static int features(const struct caller *caller)
{
	static const char *const privileges[] = { "none", "setuid root", "root",
		"file capability" };
	int abi = landlock_abi();
	int ret;

	ret = print_line("privilege: %s", privileges[caller->privilege]);
	ret = ret ? ret
		  : print_line("processes: session without privilege, mounter with cap_sys_admin");
	ret = ret ? ret : print_line("system-call filters: %s", filter_action_name());
	if (!ret)
		ret = abi ? print_line("landlock: version %d", abi)
			  : print_line("landlock: not in this kernel");
	ret = ret ? ret : print_line("utab: %s", features_utab(caller->privilege));
	return ret ? EXIT_FAILED : 0;
}

static int version(const struct caller *caller)
{
	(void)caller;
	return print_line(PROGRAM " " PROJECT_VERSION) ? EXIT_FAILED : 0;
}

/* Words that count where nothing else is on the command line but -t. */
static const struct info {
	const char *word;
	int (*run)(const struct caller *caller);
} info_words[] = {
	{ "--help", help },
	{ "--version", version },
	{ "--list", list },
	{ "--features", features },
	{ "--check", check },
};

static const struct info *find_info(const struct caller *caller)
{
	const char *word = caller_only_word(caller);
	size_t i;

	for (i = 0; word && i < sizeof(info_words) / sizeof(info_words[0]); i++)
		if (strcmp(word, info_words[i].word) == 0)
			return &info_words[i];
	return NULL;
}

static int explain_connect(const struct caller *caller, int error)
{
	const char *type = caller->subtype;

	/* Only these two mean that there is no such service; another program may be tried then. */
	if (error == -ENOENT || error == -ECONNREFUSED) {
		say("%s: no such service: " SERVICE_SOCKET_DIR "/%s: %s (is %s.socket started?)",
			type, type, said_error(error), type);
		return EXIT_NO_SERVICE;
	}
	say("%s: cannot use the service: " SERVICE_SOCKET_DIR "/%s: %s", type, type,
		said_error(error));
	if (error == -EACCES)
		connect_explain_access(type);
	return EXIT_FAILED;
}

/* A file capability brings no uid 0 that could write to utab. */
static int start_utab(const struct caller *caller, bool setuid, int *chan)
{
	static struct utab_words words;

	*chan = -1;
	if (caller->privilege == PRIVILEGE_FILE)
		return 0;
	utab_words_collect(&words, caller->argc, caller->argv);
	if (!words.count)
		return 0;
	return utab_start(&words, caller->subtype, caller->uid, setuid, chan);
}

/* The privilege goes to the mounter, everything else here goes on without. */
static int split(
	const struct caller *caller, const struct config *config, struct session_links *links)
{
	bool setuid = caller->privilege == PRIVILEGE_SETUID;
	struct mounter_facts facts;
	int ret;

	caller_facts(caller, config->user_allow_other, config->mount_max, &facts);
	ret = start_utab(caller, setuid, &links->utab);
	ret = ret ? ret : mounter_start(&facts, setuid, &links->chan, &links->life);
	if (ret)
		say("cannot start the mounting process: %s", said_error(ret));
	return ret ? ret : startup_drop_privilege(caller);
}

static int start_processes(
	const struct caller *caller, const struct config *config, struct session_links *links)
{
	int ret = split(caller, config, links);

	if (ret)
		return ret;
	ret = probe_start(&links->probe);
	if (ret)
		say("cannot start the asking process: %s", said_error(ret));
	return ret;
}

static int mount_it(const struct caller *caller)
{
	static struct session session;
	struct session_links links;
	struct config config;
	int ret;

	config_read(&config, FUSE_CONF);
	if (caller->privilege == PRIVILEGE_NONE) {
		startup_explain_no_privilege();
		return EXIT_FAILED;
	}
	if (config.unusable && !caller_is_root(caller))
		return EXIT_FAILED;
	/* First of all, so that the service starts while this program makes itself safe; nothing is
	 * read from it before that. */
	ret = connect_service(caller->subtype, false, &links.sock);
	if (ret && ret != -EAGAIN)
		return explain_connect(caller, ret);
	if (start_processes(caller, &config, &links))
		return EXIT_FAILED;
	session_catch_signals(links.chan, links.life);
	if (ret)
		ret = connect_service(caller->subtype, true, &links.sock);
	if (ret)
		return explain_connect(caller, ret);
	return session_run(&session, caller, &config, &links) ? EXIT_FAILED : EXIT_MOUNTED;
}

int main(int argc, char **argv)
{
	static struct caller caller;
	/* argv may be empty, and argv[0] anything: neither is looked at. */
	int words = argc > 0 ? argc - 1 : 0;
	const struct info *info;

	if (startup(&caller))
		return EXIT_FAILED;
	if (caller_read(&caller, words, (const char *const *)(argv + (argc > 0 ? 1 : 0))))
		return EXIT_FAILED;
	info = find_info(&caller);
	if (info)
		return startup_drop_privilege(&caller) ? EXIT_FAILED : info->run(&caller);
	if (!caller.subtype[0]) {
		say("no type: -t TYPE says which service is to mount");
		return usage();
	}
	return mount_it(&caller);
}
