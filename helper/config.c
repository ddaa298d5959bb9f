/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "say.h"

#define MOUNT_MAX_DEFAULT 1000

static int read_file(const char *path, char *text, size_t size, size_t *len)
{
	/* Non-blocking: a FIFO in its place must not stop a setuid program. */
	FSV_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	size_t got = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	while ((n = read(fd, text + got, size - got)) > 0)
		got += (size_t)n;
	if (n < 0)
		return -errno;
	if (got == size)
		return -EFBIG;
	*len = got;
	return 0;
}

static void apply(struct config *config, const struct fsv_conf_line *line, const char *path)
{
	if (line->reason)
		say("%s:%u: line ignored: %s", path, line->number, fsv_reason_name(line->reason));
	else if (line->kind == FSV_CONF_ALLOW_OTHER)
		config->user_allow_other = true;
	else if (line->kind == FSV_CONF_MOUNT_MAX)
		config->mount_max = line->mount_max;
}

void config_read(struct config *config, const char *path)
{
	static char text[CONFIG_SIZE_MAX];
	struct fsv_conf_line line;
	struct fsv_conf walk;
	size_t len = 0;
	int ret;

	*config = (struct config){ .mount_max = MOUNT_MAX_DEFAULT, .path = path };
	ret = read_file(path, text, sizeof(text), &len);
	if (ret == -ENOENT)
		return;
	if (ret) {
		/* A limit that cannot be read is not a limit that is not there. */
		config->unusable = true;
		say("%s: %s: only root can mount until it can be read", path, said_error(ret));
		return;
	}
	config->text = (struct fsv_str){ text, len };
	fsv_conf_init(&walk, text, len);
	while (fsv_conf_next(&walk, &line))
		apply(config, &line, path);
}

enum config_open config_may_open(
	const struct config *config, const char *subtype, struct fsv_str path)
{
	enum config_open best = CONFIG_OPEN_NO;
	struct fsv_conf_line line;
	struct fsv_conf walk;

	fsv_conf_init(&walk, config->text.s, config->text.len);
	while (fsv_conf_next(&walk, &line)) {
		if (line.kind != FSV_CONF_OPEN_PATH || !fsv_str_is(line.subtype, subtype) ||
			!fsv_conf_match(line.pattern, path))
			continue;
		if (line.rw)
			return CONFIG_OPEN_RW;
		best = CONFIG_OPEN_RO;
	}
	return best;
}
