/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The scripted service at the other end of the session's socket, and fsv_sys.h below it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fsv_args.h"
#include "fsv_sys.h"
#include "fsv_wire.h"
#include "world.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* --- what it sends --------------------------------------------------------------------------- */

static bool wants_answer(const struct step *step)
{
	return !step->hang_up && step->expect >= 0;
}

/* How many answers are due for what has been sent. */
static unsigned int answers_due(void)
{
	unsigned int i, due = 0;

	for (i = 0; i < world.step; i++)
		due += wants_answer(&world.scenario->step[i]);
	return due;
}

static bool is_step(const struct step *step)
{
	return step->msg.kind != FSV_NONE || step->raw || step->hang_up;
}

static void send_step(const struct step *step)
{
	static uint8_t packet[FSV_PACKET_MAX];
	struct file *files[8];
	size_t i, len = 0;

	if (step->hang_up) {
		world_put(world.service);
		world.service = NULL;
		return;
	}
	for (i = 0; i < step->files; i++)
		files[i] = world_open_node("/dev/null", O_RDWR);
	if (step->raw)
		world_queue(world.service->peer, step->raw, step->raw_len, files, step->files);
	else if (fsv_msg_write(&step->msg, packet, sizeof(packet), &len))
		world_wrong("a step of the script cannot be written");
	else
		world_queue(world.service->peer, packet, len, files, step->files);
}

static bool greet(void)
{
	static const struct step hello = { .msg = { .kind = FSV_HELLO_REPLY,
						   .hello_reply = { .version = 1 } } };

	if (world.scenario->mute || world.clock < world.stall_ms)
		return false;
	send_step(&hello);
	world.greeted = true;
	world.handshake_calls = world.calls;
	return true;
}

bool service_acts(void)
{
	const struct scenario *scenario = world.scenario;

	/* Where there is no session there is nobody at its other end. */
	if (!scenario)
		return false;
	if (scenario->service)
		return scenario->service();
	if (!world.service || !world.service->peer || world.service->peer->queue)
		return false;
	if (!world.greeted && !scenario->mute)
		return greet();
	if (scenario->flood) {
		send_step(&scenario->step[0]);
		return true;
	}
	if (!scenario->at_once && world.answers < answers_due())
		return false;
	if (world.step >= STEPS_MAX || !is_step(&scenario->step[world.step]))
		return false;
	do {
		send_step(&scenario->step[world.step++]);
	} while (scenario->at_once && world.step < STEPS_MAX &&
		 is_step(&scenario->step[world.step]));
	return true;
}

/* --- what it gets ---------------------------------------------------------------------------- */

/* The step whose answer comes next. */
static const struct step *answered_step(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < world.step; i++)
		if (wants_answer(&world.scenario->step[i]) && n++ == world.answers)
			return &world.scenario->step[i];
	return NULL;
}

/* Whether a file may come for this path: the script expects one. */
static bool expects_file(struct fsv_str path)
{
	const struct scenario *scenario = world.scenario;
	unsigned int i;

	for (i = 0; i < STEPS_MAX; i++) {
		const struct fsv_msg *msg = &scenario->step[i].msg;

		if ((msg->kind == FSV_OPEN || msg->kind == FSV_OPEN_BDEV) &&
			fsv_str_same(msg->open.path, path) &&
			(scenario->step[i].expect == 0 ||
				(scenario->step[i].late && !world.mount_answered)))
			return true;
	}
	return false;
}

static void check_given(const struct fsv_file *answer, const struct file *file)
{
	if (file->kind != FILE_NODE || (file->flags & O_PATH))
		world_wrong("the service was sent something else than an open file");
	else if (!S_ISREG(file->node->mode) && !S_ISBLK(file->node->mode))
		world_wrong("the service was sent %s", file->node->path);
	else if (!expects_file(answer->path))
		world_wrong("the service was sent %s, which it may not have", file->node->path);
}

static void check_args(const struct file *file)
{
	struct fsv_args args;

	if (file->kind != FILE_MEMORY || file->seals != SEALS ||
		fsv_args_parse(file->memory, file->size, &args))
		world_wrong("argv is not a sealed argument file");
}

static void check_handshake(const struct fsv_msg *msg, struct file **files, size_t count)
{
	bool file = msg->kind == FSV_FILE;

	if (count != file || (!file && msg->kind != FSV_HELLO))
		world_wrong("a packet of the handshake is not as it must be");
	else if (file && fsv_str_is(msg->file.path, FSV_NAME_ARGV))
		check_args(files[0]);
	else if (file && (files[0]->kind != FILE_NODE || files[0]->node->minor != 229))
		world_wrong("fusedev is something else");
	if (file && msg->file.error)
		world_wrong("the handshake carries an error");
}

static void note_answer(const struct fsv_msg *msg, struct file **files, size_t count)
{
	struct answer *answer;
	size_t len;

	if (world.answers == ANSWERS_MAX)
		return;
	if (answered_step() && answered_step()->msg.kind == FSV_MOUNT && !msg->error)
		world.mount_answered = true;
	answer = &world.answer[world.answers++];
	*answer = (struct answer){ .kind = msg->kind, .error = msg->error, .file = count > 0 };
	if (msg->kind != FSV_FILE) {
		if (count || msg->kind != FSV_REPLY)
			world_wrong("an answer that is none");
		return;
	}
	answer->error = msg->file.error;
	len = msg->file.path.len < sizeof(answer->path) ? msg->file.path.len
							: sizeof(answer->path) - 1;
	memcpy(answer->path, msg->file.path.s, len);
	if ((answer->error == 0) != (count == 1))
		world_wrong("a FILE with error %u and %zu files", answer->error, count);
	if (count) {
		answer->flags = files[0]->flags;
		check_given(&msg->file, files[0]);
	}
}

void service_receives(const void *data, size_t len, struct file **files, size_t count)
{
	struct fsv_msg msg;
	size_t i;

	world.sent++;
	if (fsv_msg_parse(FSV_HELPER, data, len, &msg)) {
		world_wrong("the service was sent something that is no packet");
		msg.kind = FSV_NONE;
	}
	for (i = 0; i < count; i++) {
		files[i]->given = true;
		if (world.holds == sizeof(world.held) / sizeof(world.held[0]))
			abort();
		world.held[world.holds++] = files[i];
	}
	/* HELLO, argv and fusedev come unasked. */
	if (world.sent <= 3)
		check_handshake(&msg, files, count);
	else
		note_answer(&msg, files, count);
}

void service_ignores(const void *data, size_t len, struct file **files, size_t count)
{
	world_queue(world.service, data, len, files, count);
	if (++world.sent < world.scenario->unread)
		return;
	world_put(world.service);
	world.service = NULL;
}

/* --- fsv_sys.h ------------------------------------------------------------------------------- */

int fsv_sys_close(int fd)
{
	int fault = world_call("close"), ret = world_close(fd);

	return fault ? fault : ret;
}

ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	int ret = world_call("sendmsg");

	if (!(flags & MSG_NOSIGNAL))
		world_wrong("a send that can raise SIGPIPE");
	if (ret)
		return ret;
	if (world.stall_after && world.sent >= world.stall_after)
		return -EAGAIN;
	return world_sendmsg(sock, msg);
}

ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags)
{
	int ret = world_call("recvmsg");

	if (!world.filtered)
		world_wrong("session: reads before it is confined");
	if (msg->msg_control && !(flags & MSG_CMSG_CLOEXEC))
		world_wrong("files could be inherited");
	return ret ? ret : world_recvmsg(sock, msg, false);
}

int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len)
{
	(void)level, (void)name, (void)value, (void)len;
	(void)world_get(sock);
	return world_call("setsockopt");
}

int fsv_sys_wait(int fd, short events, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = events };
	int ret = world_call("poll");

	return ret ? ret : world_poll(&wait, 1, timeout_ms);
}

long long fsv_sys_now_ms(void)
{
	return world.clock;
}

int fsv_sys_memfd_create(const char *name, unsigned int flags)
{
	int ret = world_call("memfd_create");

	(void)name;
	if (ret)
		return ret;
	if ((flags & (MFD_CLOEXEC | MFD_ALLOW_SEALING)) != (MFD_CLOEXEC | MFD_ALLOW_SEALING))
		world_wrong("a memory file that cannot be sealed");
	return world_install(world_file(FILE_MEMORY));
}

int fsv_sys_fcntl(int fd, int cmd, int arg)
{
	int ret = world_call("fcntl");
	struct file *file = world_get(fd);

	if (ret || !file)
		return ret;
	if (cmd == F_ADD_SEALS)
		file->seals |= (unsigned int)arg;
	return 0;
}

int fsv_sys_fstat(int fd, struct stat *st)
{
	const struct file *file = world_get(fd);
	int ret = world_call("fstat");

	if (ret || !file)
		return ret;
	memset(st, 0, sizeof(*st));
	st->st_mode = file->kind == FILE_MEMORY ? S_IFREG | 0777 : file->node->mode;
	st->st_size = (off_t)file->size;
	return 0;
}

ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos)
{
	const struct file *file = world_get(fd);
	int ret = world_call("pread");
	size_t at = (size_t)pos, size = file && file->memory ? file->size : 0;

	if (ret)
		return ret;
	/* Somebody may have shortened it since its size was asked for. */
	if (world.shrinks && world.shrinks < size)
		size = world.shrinks;
	if (at >= size)
		return 0;
	if (len > size - at)
		len = size - at;
	if (world.chunk && len > world.chunk)
		len = world.chunk;
	memcpy(buf, file->memory + at, len);
	return (ssize_t)len;
}

int fsv_sys_ftruncate(int fd, off_t size)
{
	int ret = world_call("ftruncate");
	struct file *file = world_get(fd);

	if (ret || !file)
		return ret;
	file->memory = calloc(1, (size_t)size);
	file->size = (size_t)size;
	return 0;
}

int fsv_sys_map(int fd, size_t size, void **map)
{
	int i, ret = world_call("mmap");
	struct file *file = world_get(fd);

	if (ret || !file)
		return ret;
	for (i = 0; i < MAPS_MAX && world.map[i].at; i++)
		;
	if (i == MAPS_MAX || size > file->size)
		return -ENOMEM;
	/* Shared with the file: a copy would not show what is written through it. */
	world.map[i].at = file->memory;
	world.map[i].size = size;
	*map = file->memory;
	return 0;
}

int fsv_sys_unmap(void *map, size_t size)
{
	int i, ret = world_call("munmap");

	for (i = 0; i < MAPS_MAX; i++)
		if (world.map[i].at == map && world.map[i].size == size) {
			world.map[i].at = NULL;
			return ret;
		}
	world_wrong("unmaps what is not mapped");
	return -EINVAL;
}
