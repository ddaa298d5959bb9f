/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Processes, open files, sockets, faults, and who runs when. */
#include "world.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Nothing that the helper does takes more calls than this. */
#define CALLS_MAX 200000

struct packet {
	struct packet *next;
	size_t len;
	uint8_t *data;
	struct file **files;
	size_t count;
};

struct world world;

static const char *const process_names[] = { "session", "mounter", "service" };
static const char *const kind_names[FILE_KINDS] = { "file", "socket", "memory file",
	"mount context", "mount", "mountinfo", "lock", "ruleset" };

void world_wrong(const char *format, ...)
{
	va_list args;

	if (world.wrong[0])
		return;
	va_start(args, format);
	vsnprintf(world.wrong, sizeof(world.wrong), format, args);
	va_end(args);
}

void world_log(const char *format, ...)
{
	size_t len = strlen(world.log);
	va_list args;

	va_start(args, format);
	vsnprintf(world.log + len, sizeof(world.log) - len, format, args);
	va_end(args);
}

/* --- open files ------------------------------------------------------------------------------ */

struct file *world_file(enum file_kind kind)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file)
		abort();
	file->kind = kind;
	file->refs = 1;
	file->next = world.files;
	world.files = file;
	return file;
}

void world_hung_up(const struct file *end)
{
	/* SIGIO, while it lets itself be ended so. */
	if (end->owner == MOUNTER && world.alarm)
		world.mounter_doomed = true;
}

static void free_packet(struct packet *packet)
{
	size_t i;

	for (i = 0; i < packet->count; i++)
		world_put(packet->files[i]);
	free(packet->files);
	free(packet->data);
	free(packet);
}

static void end_socket(struct file *file)
{
	if (file->peer) {
		world_hung_up(file->peer);
		/* As unix(7) has it: who closes with something unread resets the connection. */
		file->peer->reset = file->queue != NULL;
		file->peer->peer = NULL;
	}
	while (file->queue) {
		struct packet *packet = file->queue;

		file->queue = packet->next;
		free_packet(packet);
	}
}

void world_put(struct file *file)
{
	struct file **link;

	if (--file->refs > 0)
		return;
	if (file->kind == FILE_SOCKET)
		end_socket(file);
	if (file->kind == FILE_LOCK)
		world.locked = false;
	free(file->memory);
	for (link = &world.files; *link != file; link = &(*link)->next)
		;
	*link = file->next;
	free(file);
}

int world_install(struct file *file)
{
	struct file **table = world.fd[world.current];
	int i;

	for (i = 0; i < FD_COUNT; i++)
		if (!table[i]) {
			table[i] = file;
			return FD_FIRST + (int)world.current * FD_RANGE + i;
		}
	world_put(file);
	return -EMFILE;
}

static struct file **slot(int fd)
{
	int i = fd - FD_FIRST - (int)world.current * FD_RANGE;

	if (i < 0 || i >= FD_COUNT || !world.fd[world.current][i])
		return NULL;
	return &world.fd[world.current][i];
}

struct file *world_get(int fd)
{
	struct file **at = slot(fd);

	if (!at)
		world_wrong("%s: number %d is no open file", process_names[world.current], fd);
	return at ? *at : NULL;
}

int world_close(int fd)
{
	struct file **at = slot(fd);

	if (!at) {
		world_wrong("%s: closes %d, which is not open", process_names[world.current], fd);
		return -EBADF;
	}
	world_put(*at);
	*at = NULL;
	return 0;
}

void world_check_open(enum process process, const int *allowed, unsigned int count)
{
	unsigned int a;
	int i;

	for (i = 0; i < FD_COUNT; i++) {
		const struct file *file = world.fd[process][i];
		bool found = false;

		for (a = 0; a < count; a++)
			found |= allowed[a] == FD_FIRST + (int)process * FD_RANGE + i;
		if (file && !found)
			world_wrong("%s: leaves a %s open (%s)", process_names[process],
				kind_names[file->kind], file->node ? file->node->path : "-");
	}
}

void world_process_ends(enum process process)
{
	int i;

	for (i = 0; i < FD_COUNT; i++)
		if (world.fd[process][i]) {
			world_put(world.fd[process][i]);
			world.fd[process][i] = NULL;
		}
}

/* --- faults ---------------------------------------------------------------------------------- */

static void hand_over(enum process to);

static void __attribute__((noreturn)) die(void)
{
	if (world.current == MOUNTER)
		longjmp(world.mounter_end, 1);
	longjmp(world.session_end, 1);
}

/* A signal for the session, which is running. */
static void deliver(int sig)
{
	if (sig < 0) {
		world.session_killed = true;
		die();
	}
	if (world.handler[sig] == SIG_IGN)
		return;
	if (world.handler[sig] == SIG_DFL) {
		world.session_killed = true;
		die();
	}
	world.handling = true;
	world.handler[sig](sig);
	world_wrong("the handler of signal %d came back", sig);
}

static void deliver_pending(void)
{
	int sig = world.pending;

	world.pending = 0;
	if (sig)
		deliver(sig);
}

/* A signal for the session, or -1, while anybody may be running. */
static void send_signal(int sig)
{
	if (world.current == SESSION) {
		deliver(sig);
	} else if (world.mounter_runs && !world.session_over) {
		world.pending = sig;
		hand_over(SESSION);
		if (world.mounter_doomed)
			die();
	}
}

static void kill_process(enum process victim)
{
	if (victim == SESSION) {
		send_signal(-1);
		return;
	}
	world.mounter_killed = true;
	if (world.current == MOUNTER)
		die();
	world.mounter_doomed = true;
}

int world_call(const char *name)
{
	unsigned int number = ++world.calls;

	if (number > CALLS_MAX) {
		world_wrong("%s: no end, at %s", process_names[world.current], name);
		die();
	}
	if (number == world.kill_at)
		kill_process(world.victim);
	if (number == world.signal_at)
		send_signal(world.signal);
	if (world.fail_call && strcmp(name, world.fail_call) == 0) {
		world.fail_at = number;
		world.fail_call = NULL;
	}
	if (number != world.fail_at)
		return 0;
	snprintf(world.failed_call, sizeof(world.failed_call), "%s", name);
	world.failed_in = world.current;
	return -world.fail_errno;
}

/* --- who runs when --------------------------------------------------------------------------- */

/* The mounter is a thread, but never runs at the same time: the baton goes back and forth. */
static sem_t turn[SERVICE];

static void hand_over(enum process to)
{
	enum process from = world.current;

	world.current = to;
	sem_post(&turn[to]);
	while (sem_wait(&turn[from]))
		;
}

static bool mounter_has_work(void)
{
	const struct file *chan = world.fd[MOUNTER][0];

	if (!world.mounter_runs || world.mounter_over || world.mounter_held)
		return false;
	/* Without a channel, or with a signal in the middle of its work, it goes on as it can. */
	return !chan || world.mounter_doomed || chan->queue || chan->shut || !chan->peer ||
	       world.last_op != 0;
}

/* Let somebody else do something. False if nobody can. */
static bool others_act(void)
{
	if (world.current == MOUNTER) {
		if (!world.mounter_runs || world.session_over)
			return false;
		hand_over(SESSION);
		if (world.mounter_doomed)
			die();
		return true;
	}
	if (mounter_has_work()) {
		hand_over(MOUNTER);
		deliver_pending();
		return true;
	}
	return service_acts();
}

void world_hold_mounter(void)
{
	world.mounter_held = true;
	while (world.mounter_runs && !world.session_over)
		hand_over(SESSION);
	world.mounter_held = false;
	if (world.mounter_doomed)
		die();
}

/* Nobody will ever wake this process. */
static void idle(void)
{
	int sig = world.idle_signal;

	world.idle_signal = 0;
	if (sig && world.current == SESSION) {
		deliver(sig);
		return;
	}
	world_wrong("%s: waits for ever", process_names[world.current]);
	die();
}

static void *run_mounter_thread(void *facts)
{
	static const struct mounter_files files = { .chan = FD_FIRST + FD_RANGE,
		.life = FD_FIRST + FD_RANGE,
		.mountinfo = FD_FIRST + FD_RANGE + 1,
		.lock = FD_FIRST + FD_RANGE + 2 };

	while (sem_wait(&turn[MOUNTER]))
		;
	world_serve(facts, &files);
	world_process_ends(MOUNTER);
	world.mounter_over = true;
	world.current = SESSION;
	sem_post(&turn[SESSION]);
	return NULL;
}

pthread_t world_start_mounter(const struct mounter_facts *facts)
{
	pthread_t thread;

	sem_init(&turn[SESSION], 0, 0);
	sem_init(&turn[MOUNTER], 0, 0);
	world.mounter_runs = true;
	if (pthread_create(&thread, NULL, run_mounter_thread, (void *)facts))
		abort();
	return thread;
}

void world_wait_mounter(pthread_t thread)
{
	while (!world.mounter_over)
		hand_over(MOUNTER);
	pthread_join(thread, NULL);
}

/* --- sockets --------------------------------------------------------------------------------- */

void world_socketpair(enum process a, enum process b, struct file *pair[2])
{
	pair[0] = world_file(FILE_SOCKET);
	pair[1] = world_file(FILE_SOCKET);
	pair[0]->owner = a;
	pair[1]->owner = b;
	pair[0]->peer = pair[1];
	pair[1]->peer = pair[0];
}

void world_queue(struct file *to, const void *data, size_t len, struct file **files, size_t count)
{
	struct packet *packet = calloc(1, sizeof(*packet)), **end = &to->queue;

	if (!packet)
		abort();
	packet->len = len;
	packet->count = count;
	packet->data = malloc(len ? len : 1);
	packet->files = calloc(count ? count : 1, sizeof(*files));
	if (!packet->data || !packet->files)
		abort();
	memcpy(packet->data, data, len);
	if (count)
		memcpy(packet->files, files, count * sizeof(*files));
	while (*end)
		end = &(*end)->next;
	*end = packet;
}

/* The files of a control message, each with a reference of its own. */
static size_t take_control(const struct msghdr *msg, struct file **files, size_t max)
{
	const struct cmsghdr *c = msg->msg_control ? CMSG_FIRSTHDR(msg) : NULL;
	size_t i, count;

	if (!c)
		return 0;
	if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		world_wrong("%s: sends something else than files", process_names[world.current]);
	count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (i = 0; i < count && i < max; i++) {
		struct file *file;
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		file = world_get(fd);
		if (!file)
			return i;
		file->refs++;
		files[i] = file;
	}
	return i;
}

ssize_t world_sendmsg(int fd, const struct msghdr *msg)
{
	struct file *files[8], *from = world_get(fd);
	size_t count;

	if (!from)
		return -EBADF;
	if (from->kind != FILE_SOCKET)
		world_wrong("sends on a %s", kind_names[from->kind]);
	if (!from->peer || from->peer->shut)
		return -EPIPE;
	count = take_control(msg, files, 8);
	if (from->peer->owner != SERVICE || world.scenario->service)
		world_queue(
			from->peer, msg->msg_iov->iov_base, msg->msg_iov->iov_len, files, count);
	else if (world.scenario->unread)
		service_ignores(msg->msg_iov->iov_base, msg->msg_iov->iov_len, files, count);
	else
		service_receives(msg->msg_iov->iov_base, msg->msg_iov->iov_len, files, count);
	return (ssize_t)msg->msg_iov->iov_len;
}

/* As the kernel does: as many files as there is room for, the others are gone. */
static void give_control(struct msghdr *msg, struct packet *packet)
{
	size_t i, room = msg->msg_control ? msg->msg_controllen : 0;
	struct cmsghdr *c = msg->msg_control;

	msg->msg_controllen = 0;
	if (!packet->count)
		return;
	for (i = 0; i < packet->count && CMSG_LEN((i + 1) * sizeof(int)) <= room; i++) {
		int fd = world_install(packet->files[i]);

		memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(fd));
	}
	if (i > 0) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(i * sizeof(int));
		msg->msg_controllen = CMSG_SPACE(i * sizeof(int));
	}
	if (i < packet->count)
		msg->msg_flags |= MSG_CTRUNC;
	packet->count -= i;
	memmove(packet->files, packet->files + i, packet->count * sizeof(*packet->files));
}

ssize_t world_recvmsg(int fd, struct msghdr *msg, bool wait)
{
	struct file *file = world_get(fd);
	struct packet *packet;
	size_t len;

	if (!file)
		return -EBADF;
	while (!file->queue || file->reset) {
		bool reset = file->reset;

		file->reset = false;
		if (reset)
			return -ECONNRESET;
		if (file->shut || !file->peer || file == world.script)
			break;
		if (!wait)
			return -EAGAIN;
		if (!others_act())
			idle();
	}
	packet = file->queue;
	msg->msg_flags = 0;
	if (!packet) {
		msg->msg_controllen = 0;
		return 0;
	}
	file->queue = packet->next;
	len = packet->len;
	if (len > msg->msg_iov->iov_len) {
		len = msg->msg_iov->iov_len;
		msg->msg_flags |= MSG_TRUNC;
	}
	memcpy(msg->msg_iov->iov_base, packet->data, len);
	give_control(msg, packet);
	free_packet(packet);
	return (ssize_t)len;
}

static short readiness(const struct file *file)
{
	short events = 0;

	if (file->queue || file->shut || !file->peer || file->reset)
		events |= POLLIN;
	if (!file->peer)
		events |= POLLHUP;
	if (file->reset)
		events |= POLLERR;
	if (file->peer && (!world.stall_after || world.sent < world.stall_after))
		events |= POLLOUT;
	return events;
}

/* What has been handed to the service is not kept: it would hold devices and connections open. */
static void check_handed_out(void)
{
	int i;

	for (i = 0; i < FD_COUNT && !world.handling; i++) {
		const struct file *file = world.fd[SESSION][i];

		if (!file || !file->given)
			continue;
		/* The mounter needs one copy of the fuse device, until it has mounted. */
		if (file->node && file->node->minor == 229 && !world.mount_answered)
			continue;
		world_wrong("session: keeps what the service has (%s)",
			file->node ? file->node->path : kind_names[file->kind]);
	}
}

int world_poll(struct pollfd *fds, unsigned int count, int timeout_ms)
{
	long long deadline = world.clock + timeout_ms;
	unsigned int i, ready = 0;

	check_handed_out();
	for (;;) {
		for (i = 0; i < count; i++) {
			const struct file *file = world_get(fds[i].fd);
			int wanted = fds[i].events | POLLHUP | POLLERR;

			fds[i].revents = 0;
			if (file)
				fds[i].revents = (short)(readiness(file) & wanted);
			ready += fds[i].revents != 0;
		}
		if (ready)
			return (int)ready;
		if (others_act())
			continue;
		if (timeout_ms < 0) {
			idle();
		} else if (world.clock < world.stall_ms && world.stall_ms <= deadline) {
			world.clock = world.stall_ms;
		} else {
			world.clock = deadline;
			return 0;
		}
	}
}
