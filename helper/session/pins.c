/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "pins.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fsv_fd.h"

enum resolve_links pins_links(const struct caller *caller)
{
	return caller_is_root(caller) ? RESOLVE_ROOTS_LINKS : RESOLVE_ANY_LINKS;
}

int pin_path(const struct pin *pin, char *path)
{
	struct fsv_str text = pin->name.text;
	size_t len;

	if (pin->name.escaped)
		return fsv_opt_unescape(text, path, PATH_MAX, &len) ? -ENAMETOOLONG : 0;
	if (text.len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(path, text.s, text.len);
	path[text.len] = '\0';
	return 0;
}

static void make_pin(struct pin *pin, const struct fsv_name *name, const struct caller *caller)
{
	enum resolve_links links = pins_links(caller);
	char path[PATH_MAX];
	const char *base;

	*pin = (struct pin){ .name = *name, .fd = -1, .parent = -1 };
	pin->error = pin_path(pin, path);
	if (!pin->error)
		pin->error = resolve(caller->start_dir, path, links, &pin->fd, &pin->link);
	/* For O_CREAT; a dangling link has a name here, and O_EXCL refuses it then. */
	if (pin->error == -ENOENT)
		(void)resolve_parent(caller->start_dir, path, links, &pin->parent, &base);
}

void pins_make(struct pins *pins, const struct caller *caller)
{
	struct fsv_names walk;
	struct fsv_name name;

	pins->count = 0;
	pins->mountpoint = (struct pin){ .fd = -1, .parent = -1, .error = -EINVAL };
	fsv_names_init(&walk, caller->argc, caller->argv, 0);
	while (fsv_names_next(&walk, &name)) {
		if (name.way == FSV_OPERAND && name.index == caller->line.mountpoint)
			make_pin(&pins->mountpoint, &name, caller);
		else if (pins->count < PINS_MAX && (name.escaped || !pins_find(pins, name.text)))
			make_pin(&pins->pin[pins->count++], &name, caller);
	}
	fsv_fd_close(&pins->mountpoint.parent);
}

struct pin *pins_find(struct pins *pins, struct fsv_str path)
{
	unsigned int i;

	for (i = 0; i < pins->count; i++)
		if (fsv_name_equals(&pins->pin[i].name, path))
			return &pins->pin[i];
	return NULL;
}

static void close_pin(struct pin *pin)
{
	fsv_fd_close(&pin->fd);
	fsv_fd_close(&pin->parent);
}

void pins_close(struct pins *pins)
{
	unsigned int i;

	for (i = 0; i < pins->count; i++)
		close_pin(&pins->pin[i]);
	close_pin(&pins->mountpoint);
}
