/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Runs, and what the linker puts in place of what cannot be had in one process: the C library's
 * calls about signals and the end (--wrap), forks, filters and Landlock.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caller.h"
#include "config.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "session/probe.h"
#include "session/session.h"
#include "utab/utab.h"
#include "world.h"

/* --- the C library --------------------------------------------------------------------------- */

int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
int __real_sigaction(int sig, const struct sigaction *action, struct sigaction *old);
unsigned int __wrap_alarm(unsigned int seconds);
mode_t __wrap_umask(mode_t mask);
int __wrap_isatty(int fd);
ssize_t __wrap_write(int fd, const void *buf, size_t len);
int __wrap_shutdown(int fd, int how);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
void __wrap__exit(int status) __attribute__((noreturn));

int __wrap_sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
	int ret;

	/* A fuzzer's own, before the first session. */
	if (!world.scenario)
		return __real_sigaction(sig, action, old);
	ret = world_call("sigaction");
	if (!ret)
		world.handler[sig] = action->sa_handler;
	return ret ? -1 : 0;
}

unsigned int __wrap_alarm(unsigned int seconds)
{
	world.session_alarm = seconds;
	return 0;
}

mode_t __wrap_umask(mode_t mask)
{
	return mask;
}

int __wrap_isatty(int fd)
{
	return fd == STDERR_FILENO && world.terminal;
}

/* What is printed. Nothing of anybody else may act on a terminal. */
ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	size_t i, used = strlen(world.said);
	const unsigned char *text = buf;

	for (i = 0; i < len; i++)
		if ((text[i] < 0x20 || text[i] > 0x7e) && text[i] != '\n')
			world_wrong("prints the byte %02x", text[i]);
	if (fd != STDERR_FILENO)
		world_wrong("writes to file %d", fd);
	if (world.stuck && world.handling)
		world_wrong("waits for its own output");
	world.said_total += len;
	if (len < sizeof(world.said) - used)
		memcpy(world.said + used, buf, len);
	return (ssize_t)len;
}

int __wrap_shutdown(int fd, int how)
{
	int ret = world_call("shutdown");
	struct file *file = world_get(fd);

	if (ret)
		return -1;
	if (how != SHUT_WR)
		world_wrong("shuts more than its own side");
	if (file && file->peer) {
		file->peer->shut = true;
		world_hung_up(file->peer);
	}
	return 0;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int ret = world_call("poll");

	if (ret)
		return -1;
	if (fds->fd != STDERR_FILENO)
		return world_poll(fds, (unsigned int)count, timeout_ms);
	fds->revents = world.stuck ? 0 : POLLOUT;
	return world.stuck ? 0 : 1;
}

void __wrap__exit(int status)
{
	if (world.current != SESSION)
		world_wrong("the mounter ends in the middle");
	world.status = status;
	world.attached_at_exit = world.mount.attached;
	world.interrupted = true;
	longjmp(world.session_end, 1);
}

/* --- forks ----------------------------------------------------------------------------------- */

/* The process at the other end answers as world.probe_error says. */
int __wrap_probe_ask(int chan, int mount, int sock, const char *type);
int __real_probe_ask(int chan, int mount, int sock, const char *type);

static struct file *probe_end;

int __wrap_probe_ask(int chan, int mount, int sock, const char *type)
{
	int32_t error = world.probe_error;

	world.probed++;
	/* It answers at once or not at all: then it is the service that has to hang up. */
	if (error <= 0)
		world_queue(probe_end->peer, &error, sizeof(error), NULL, 0);
	return __real_probe_ask(chan, mount, sock, type);
}

int __wrap_probe_refresh(int chan, int file, int timeout_ms);

int __wrap_probe_refresh(int chan, int file, int timeout_ms)
{
	int ret = world_call("refresh");
	struct file *asked = world_get(file);

	(void)world_get(chan);
	world.clock += world.probe_error == 1 ? timeout_ms : 0;
	if (ret || world.probe_error)
		return ret ? ret : world.probe_error == 1 ? -ETIMEDOUT : world.probe_error;
	asked->node->mode |= 0700;
	return 0;
}

int utab_write(int chan, uint64_t id, uint64_t picked)
{
	int ret = world_call("utab");

	(void)world_get(chan);
	world.utab_calls++;
	world.utab_id = id;
	world.utab_picked = picked;
	return ret;
}

/* --- what confines --------------------------------------------------------------------------- */

int filter_install(enum filter_process process)
{
	int ret = world_call("seccomp");

	if (process != FILTER_SESSION)
		world_wrong("the filter of another process");
	if (!ret)
		world.filtered = true;
	return ret;
}

int landlock_begin(int *ruleset)
{
	int ret = world_call("landlock_create_ruleset");

	*ruleset = -1;
	if (!ret && world.landlock)
		*ruleset = world_install(world_file(FILE_RULESET));
	return ret;
}

int landlock_allow(int ruleset, int fd, unsigned int access)
{
	struct file *file;
	int ret;

	if (ruleset < 0)
		return 0;
	ret = world_call("landlock_add_rule");
	file = world_get(fd);
	if (!ret && file)
		file->node->rights |= access;
	return ret;
}

int landlock_confine(int ruleset)
{
	int ret;

	if (ruleset < 0)
		return 0;
	ret = world_call("landlock_restrict_self");
	if (!ret && world_get(ruleset))
		world.confined = true;
	return ret;
}

/* --- runs ------------------------------------------------------------------------------------ */

static void open_own_files(void)
{
	world.current = MOUNTER;
	(void)world_install(world_file(FILE_MOUNTINFO));
	(void)world_install(world_file(FILE_LOCK));
}

static void queue_request(struct file *to, const struct mounter_case *c)
{
	char data[sizeof(c->request) + 64] = { 0 };
	struct file *files[6];
	size_t count = 0;

	memcpy(data, &c->request, sizeof(c->request));
	while (count < 6 && c->files[count]) {
		struct node *node = world_node(c->files[count]);
		bool device = node && !S_ISDIR(node->mode) && !S_ISREG(node->mode);

		files[count] = world_open_node(c->files[count], device ? c->device_flags : O_PATH);
		count++;
	}
	world_queue(to, data, sizeof(c->request) - c->cut + c->more, files, count);
}

/* What the mounter has answered so far, taken from the test's end of the channel. */
static unsigned int take_answers(int chan, struct mounter_answer *answers, unsigned int max)
{
	unsigned int n = 0;

	while (n < max) {
		union {
			struct cmsghdr align;
			char space[CMSG_SPACE(sizeof(int))];
		} control;
		struct iovec iov = { &answers[n], sizeof(answers[n]) };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
		ssize_t got;

		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
		got = world_recvmsg(chan, &msg, false);
		if (got == -ECONNRESET)
			continue;
		if (got <= 0)
			break;
		/* A file comes with a mount that was made, and with nothing else. */
		if ((msg.msg_controllen > 0) != (answers[n].step == MOUNTER_DONE))
			world_wrong("an answer with step %u and%s file", answers[n].step,
				msg.msg_controllen ? " a" : " no");
		n++;
	}
	return n;
}

void world_serve(const struct mounter_facts *facts, const struct mounter_files *files)
{
	if (setjmp(world.mounter_end))
		return;
	mounter_serve(facts, files);
	world_check_open(MOUNTER, &files->chan, 3);
	if (world.locked)
		world_wrong("mounter: keeps the lock");
	if (world.alarm)
		world_wrong("mounter: leaves an alarm");
}

unsigned int world_run_mounter(const struct mounter_facts *facts, const struct mounter_case *cases,
	unsigned int count, struct mounter_answer *answers)
{
	struct mounter_files files;
	struct file *pair[2];
	unsigned int i;
	int chan;

	world_socketpair(SESSION, MOUNTER, pair);
	world.current = SESSION;
	chan = world_install(pair[0]);
	world.current = MOUNTER;
	files.chan = world_install(pair[1]);
	files.life = files.chan;
	open_own_files();
	files.mountinfo = files.chan + 1;
	files.lock = files.chan + 2;
	for (i = 0; i < count; i++)
		queue_request(pair[1], &cases[i]);
	world.script = pair[1];
	files.root_mount = world.root_mount;
	world_serve(facts, &files);
	world_process_ends(MOUNTER);
	world.current = SESSION;
	return take_answers(chan, answers, count);
}

/* As many words as a command line of 1 MiB can have, and more. */
#define ARGC_MAX 200000

/* Blanks between words; what is returned lives until the next call. */
static int split_words(const char *words, const char **argv)
{
	static char *text;
	char *word;
	int argc = 0;

	free(text);
	text = strdup(words);
	for (word = strtok(text, " "); word && argc < ARGC_MAX; word = strtok(NULL, " "))
		argv[argc++] = word;
	return argc;
}

static void make_caller(const struct scenario *scenario, struct caller *caller)
{
	static const char *argv[ARGC_MAX];
	int argc = split_words(scenario->words, argv);

	*caller = (struct caller){
		.uid = scenario->uid, .gid = scenario->uid, .umask = 022, .fuse_device = "/dev/fuse"
	};
	if (caller_read(caller, argc, argv))
		world_wrong("the command line does not stand");
	caller->timeout = scenario->timeout;
	world.current = SESSION;
	caller->start_dir = world_install(world_open_node("/img", O_PATH));
}

static void make_links(const struct scenario *scenario, struct session_links *links)
{
	struct file *service[2], *mounter[2], *utab[2], *probe[2];

	world_socketpair(SESSION, SERVICE, service);
	world_socketpair(SESSION, MOUNTER, mounter);
	world_socketpair(SESSION, MOUNTER, probe);
	world.service = service[1];
	world.current = MOUNTER;
	(void)world_install(mounter[1]);
	open_own_files();
	world.current = SESSION;
	links->sock = world_install(service[0]);
	links->chan = world_install(mounter[0]);
	/* The scripted mounter notices the end of the channel instead. */
	links->life = -1;
	links->probe = world_install(probe[0]);
	probe_end = probe[1];
	links->utab = -1;
	if (scenario->no_utab)
		return;
	world_socketpair(SESSION, MOUNTER, utab);
	links->utab = world_install(utab[0]);
	world_put(utab[1]);
}

static void make_config(const struct scenario *scenario, struct config *config)
{
	*config = (struct config){ .user_allow_other = scenario->allow_other };
	config->mount_max = scenario->mount_max ? scenario->mount_max : 1000;
	config->path = "/etc/fuse.conf";
	config->text = fsv_str_of(scenario->conf);
}

static void run_until_end(
	const struct caller *caller, const struct config *config, const struct session_links *links)
{
	static struct session session;

	if (setjmp(world.session_end))
		return;
	session_catch_signals(links->chan, links->life);
	memset(&session, 0, sizeof(session));
	world.status = session_run(&session, caller, config, links);
	world.attached_at_exit = world.mount.attached;
	world_check_open(SESSION, &caller->start_dir, 1);
}

int world_run_session(const struct scenario *scenario)
{
	static struct mounter_facts facts;
	static struct session_links links;
	static struct config config;
	static struct caller caller;
	pthread_t mounter;

	world.scenario = scenario;
	make_caller(scenario, &caller);
	make_config(scenario, &config);
	make_links(scenario, &links);
	caller_facts(&caller, config.user_allow_other, config.mount_max, &facts);
	mounter = world_start_mounter(&facts);
	world.status = 1;
	run_until_end(&caller, &config, &links);
	world.session_over = true;
	world_process_ends(SESSION);
	world_wait_mounter(mounter);
	world_put(probe_end);
	return world.status;
}
