/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Files that the helper opens as its caller: OPEN and OPEN_BDEV, answered by FILE in any order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_fd.h"
#include "fsv_oflags.h"
#include "fsv_packet.h"
#include "fsv_talk.h"

static struct fsv_request *request_new(const char *path)
{
	size_t size = strlen(path) + 1;
	struct fsv_request *r = malloc(sizeof(*r) + size);

	if (!r)
		return NULL;
	r->next = NULL;
	r->answered = 0;
	r->result = -1;
	memcpy(r->path, path, size);
	return r;
}

static void append(struct fsv_service *s, struct fsv_request *r)
{
	struct fsv_request **end = &s->requests;

	while (*end)
		end = &(*end)->next;
	*end = r;
}

void fsv_drop_requests(struct fsv_service *s)
{
	while (s->requests) {
		struct fsv_request *r = s->requests;

		s->requests = r->next;
		if (r->answered)
			fsv_fd_close(&r->result);
		free(r);
	}
}

int fsv_service_ask(struct fsv_service *s, const struct fsv_wanted *wanted)
{
	struct fsv_msg msg = { .kind = wanted->blockdev ? FSV_OPEN_BDEV : FSV_OPEN,
		.open = { .create_mode = wanted->create_mode,
			.request_flags = wanted->request_flags,
			.block_size = wanted->block_size,
			.path = fsv_str_of(wanted->path) } };
	char quoted[FSV_QUOTE_MAX];
	struct fsv_request *r;
	int ret;

	ret = fsv_oflags_to_wire(wanted->open_flags, &msg.open.open_flags);
	if (ret) {
		fsv_say(s, "cannot ask for %s: open flags %#o are not in the protocol",
			fsv_quote(msg.open.path, quoted), (unsigned int)wanted->open_flags);
		return ret;
	}
	/* Before sending: a request that was sent must be remembered. */
	r = request_new(wanted->path ? wanted->path : "");
	if (!r) {
		fsv_say(s, "out of memory");
		return -ENOMEM;
	}
	ret = fsv_talk_send(s, &msg, fsv_deadline(FSV_ANSWER_MS));
	if (ret)
		free(r);
	else
		append(s, r);
	return ret;
}

/* The oldest request for this path; with `waiting` the oldest that has no answer yet. */
static struct fsv_request *find(struct fsv_service *s, struct fsv_str path, int waiting)
{
	struct fsv_request *r;

	for (r = s->requests; r; r = r->next)
		if (fsv_str_is(path, r->path) && !(waiting && r->answered))
			return r;
	return NULL;
}

/* Put a FILE with its request. */
static int settle(struct fsv_service *s, const struct fsv_file *file, int *fd)
{
	struct fsv_request *r = find(s, file->path, 1);
	char quoted[FSV_QUOTE_MAX];

	if (!r)
		return fsv_break(s, -EBADMSG, "the mount helper sent %s, which was not asked for",
			fsv_quote(file->path, quoted));
	/* A file along with an error, or none without one, leaves open what has been granted. */
	if (file->error ? *fd >= 0 : *fd < 0 && !s->files_refused)
		return fsv_break(s, -EBADMSG, "the mount helper answered for %s %s file",
			fsv_quote(file->path, quoted),
			file->error ? "with both an error and a" : "without an error or a");
	r->answered = 1;
	if (file->error)
		r->result = -(int)file->error;
	else
		r->result = *fd >= 0 ? fsv_fd_take(fd) : -EBADF;
	return 0;
}

int fsv_next_answer(struct fsv_service *s, enum fsv_kind *kind, uint32_t *error, long long deadline)
{
	FSV_AUTO_FD fd = -1;
	struct fsv_msg msg;
	int ret;

	ret = fsv_talk_recv(s, &msg, s->files_refused ? NULL : &fd, deadline);
	if (ret)
		return ret;
	if (fsv_session_check(&s->session, msg.kind) ||
		(msg.kind != FSV_FILE && msg.kind != FSV_REPLY))
		return fsv_break(s, -EBADMSG, "the mount helper sent %s, which is not due",
			fsv_kind_name(msg.kind));
	if (msg.kind == FSV_FILE) {
		ret = settle(s, &msg.file, &fd);
		if (ret)
			return ret;
	} else if (fd >= 0) {
		return fsv_break(s, -EBADMSG, "the mount helper sent a file along with REPLY");
	}
	*kind = msg.kind;
	*error = msg.kind == FSV_FILE ? msg.file.error : msg.error;
	return fsv_session_answer(&s->session, msg.kind, *error, NULL) ? -EBADMSG : 0;
}

static int fetch(struct fsv_service *s, struct fsv_request *r)
{
	struct fsv_request **link = &s->requests;
	int result = r->result;

	while (*link != r)
		link = &(*link)->next;
	*link = r->next;
	free(r);
	return result;
}

int fsv_service_answer(struct fsv_service *s, const char *path, int *fd)
{
	struct fsv_request *r = find(s, fsv_str_of(path), 0);
	char quoted[FSV_QUOTE_MAX];

	if (!r) {
		fsv_say(s, "%s was not asked for", fsv_quote(fsv_str_of(path), quoted));
		return -EINVAL;
	}
	/* Answers come in any order, so others may have to be put aside first. */
	while (!r->answered) {
		enum fsv_kind kind;
		uint32_t error;
		int ret = fsv_next_answer(s, &kind, &error, fsv_deadline(FSV_ANSWER_MS));

		if (ret)
			return ret;
	}
	*fd = fetch(s, r);
	return 0;
}

void fsv_service_refuse_files(struct fsv_service *s)
{
	if (s->sock >= 0)
		fsv_packet_refuse_files(s->sock);
	s->files_refused = 1;
}
