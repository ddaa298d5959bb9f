/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "pair_sys.h"

#include "pair_names.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/sysmacros.h>

#include "../tests/scripted/world.h"
#include "fsv_sys.h"
#include "fuzz.h"

static struct {
	void (*server)(int sock);
	pthread_t thread;
	sem_t go, waits;
	bool started, over, acted;
} pair;

static void *run_server(void *arg)
{
	(void)arg;
	while (sem_wait(&pair.go))
		;
	pair.server(world_install(world.service));
	world_check_open(SERVICE, NULL, 0);
	world_process_ends(SERVICE);
	pair.over = pair.acted = true;
	sem_post(&pair.waits);
	return NULL;
}

void pair_begin(void (*server)(int sock))
{
	memset(&pair, 0, sizeof(pair));
	pair.server = server;
	sem_init(&pair.go, 0, 0);
	sem_init(&pair.waits, 0, 0);
}

bool pair_acts(void)
{
	enum process before = world.current;

	if (pair.over)
		return false;
	if (!pair.started)
		must(!pthread_create(&pair.thread, NULL, run_server, NULL));
	pair.started = true;
	pair.acted = false;
	world.current = SERVICE;
	sem_post(&pair.go);
	while (sem_wait(&pair.waits))
		;
	world.current = before;
	if (pair.over)
		world.service = NULL;
	return pair.acted;
}

void pair_end(void)
{
	while (pair.started && !pair.over)
		(void)pair_acts();
	if (pair.started)
		pthread_join(pair.thread, NULL);
	if (pair.started)
		world.service = NULL;
}

void pair_close(int fd)
{
	(void)fsv_sys_close(fd);
}

int shutdown(int fd, int how)
{
	struct file *file = world_get(fd);

	(void)how;
	if (file && file->peer)
		file->shut = true;
	return 0;
}

int fsv_sys_close(int fd)
{
	pair.acted = true;
	return world_close(fd);
}

ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	must(flags & MSG_NOSIGNAL);
	pair.acted = true;
	return world_sendmsg(sock, msg);
}

ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags)
{
	(void)flags;
	return world_recvmsg(sock, msg, false);
}

int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len)
{
	(void)sock, (void)level, (void)name, (void)value, (void)len;
	return -ENOPROTOOPT;
}

int fsv_sys_wait(int fd, short events, int timeout_ms)
{
	const struct file *file = world_get(fd);

	(void)timeout_ms;
	while (!(events & POLLOUT) && file->peer && !file->queue && !file->reset && !file->shut) {
		sem_post(&pair.waits);
		while (sem_wait(&pair.go))
			;
	}
	return 1;
}

int fsv_sys_pwait(int fd, short events, int timeout_ms, const sigset_t *mask)
{
	(void)mask;
	return fsv_sys_wait(fd, events, timeout_ms);
}

long long fsv_sys_now_ms(void)
{
	return world.clock;
}

int fsv_sys_fstat(int fd, struct stat *st)
{
	const struct file *file = world_get(fd);

	memset(st, 0, sizeof(*st));
	st->st_mode = file->node ? file->node->mode : S_IFREG;
	st->st_rdev = file->node ? makedev(file->node->major, file->node->minor) : 0;
	st->st_size = (off_t)file->size;
	return 0;
}

ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos)
{
	const struct file *file = world_get(fd);

	must((size_t)pos <= file->size);
	if (len > file->size - (size_t)pos)
		len = file->size - (size_t)pos;
	memcpy(buf, file->memory + pos, len);
	return (ssize_t)len;
}

/* The helper alone makes argument files. */
int fsv_sys_memfd_create(const char *name, unsigned int flags)
{
	(void)name, (void)flags;
	abort();
}
int fsv_sys_fcntl(int fd, int cmd, int arg)
{
	(void)fd, (void)cmd, (void)arg;
	abort();
}
int fsv_sys_ftruncate(int fd, off_t size)
{
	(void)fd, (void)size;
	abort();
}
int fsv_sys_map(int fd, size_t size, void **map)
{
	(void)fd, (void)size, (void)map;
	abort();
}
int fsv_sys_unmap(void *map, size_t size)
{
	(void)map, (void)size;
	abort();
}
