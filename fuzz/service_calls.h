/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What a server may do with the server library's core, in the order that an input says. */
#ifndef FUZZ_SERVICE_CALLS_H
#define FUZZ_SERVICE_CALLS_H

#include <errno.h>
#include <sys/stat.h>

#include "draw.h"
#include "fsv_service.h"

/* One call is made with each byte; more than these end in the same ways. */
#define SERVICE_CALLS_MAX 40

struct service_calls {
	struct fsv_service *s;
	int broken; /* the conversation has ended with an error */
	int mounted;
	void (*close_file)(int fd);
};

static const char *const service_paths[] = { "/img/disk", "/dev/sdb", "link", "/mnt", "nobody" };

static inline const char *service_path(uint8_t bits)
{
	return service_paths[bits % 5u];
}

static inline void service_ask(struct service_calls *c, uint8_t bits)
{
	struct fsv_wanted wanted = { .path = service_path(bits),
		.blockdev = (bits & 8) != 0,
		.open_flags = bits & 16 ? 2 : 0,
		.request_flags = (bits & 32) != 0 };
	int ret = fsv_service_ask(c->s, &wanted);

	must(!c->broken || ret == -ENOTCONN);
}

static inline void service_answer(struct service_calls *c, uint8_t bits)
{
	int fd = -4242, ret = fsv_service_answer(c->s, service_path(bits), &fd);

	must(ret <= 0 && (ret == 0) == (fd != -4242));
	/* An answer that had come already may still be fetched from a broken conversation. */
	if (ret && ret != -EINTR && ret != -EINVAL)
		c->broken = 1;
	if (ret == 0 && fd >= 0)
		c->close_file(fd);
	must(ret || fd >= -4095);
}

static inline void service_mount(struct service_calls *c, uint8_t bits)
{
	struct fsv_mount mount = { .fuseblk = bits & 1,
		.source = bits & 2 ? "/dev/sdb" : "src",
		.mountpoint = "/mnt",
		.format = bits & 4 ? S_IFDIR : 0,
		.mntopts = bits & 8 ? "max_read=4096" : NULL,
		.mtabopts = bits & 16 ? "x-mark" : NULL,
		.ms_flags = bits & 32 ? 1 : 0 };
	int ret = fsv_service_mount(c->s, &mount);

	must(ret <= 0 && (!c->broken || ret == -ENOTCONN));
	c->mounted |= ret == 0;
}

/* The next call. 0 where it was the last one. */
static inline int service_call(struct service_calls *c, struct draw *d)
{
	uint8_t what = draw_u8(d), bits = what >> 2;

	switch (what % 4) {
	case 0: service_ask(c, bits); return 1;
	case 1: service_answer(c, bits); return 1;
	case 2: service_mount(c, bits); return 1;
	default: break;
	}
	if (bits == 1)
		must(fsv_service_unmount(c->s) <= 0);
	else if (bits == 2)
		fsv_service_refuse_files(c->s);
	else if (bits == 3)
		fsv_service_close(c->s);
	else
		return 0;
	return 1;
}

/* Calls until the input ends them; then goodbye, twice, and all is freed. */
static inline void service_calls(struct service_calls *c, struct draw *d, int code)
{
	for (int i = 0; i < SERVICE_CALLS_MAX && d->left; i++)
		if (!service_call(c, d))
			break;
	must(fsv_service_goodbye(c->s, code) <= 0);
	must(fsv_service_goodbye(c->s, code) == 0);
	fsv_service_free(c->s);
}

#endif
