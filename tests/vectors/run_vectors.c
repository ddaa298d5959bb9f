/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Runs the test vectors of the files that are named as arguments (README.md): decodes each packet
 * or blob with the library, and compares what came out with what the block says, as text. Plain C,
 * so that it runs wherever the library builds. Prints each failure and "N passed, N failed".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_args.h"
#include "fsv_msg.h"

struct text {
	char *s;
	size_t len;
	size_t cap;
};

struct vector {
	const char *name;
	const char *from;
	const char *hex;
	const char *expected; /* the lines from "kind:" or "reject:" on */
};

static unsigned int passed, failed;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "run_vectors: %s: %s\n", what, which);
	exit(2);
}

static void add(struct text *t, const char *s, size_t len)
{
	if (t->cap - t->len <= len) {
		t->cap = t->cap + len + 4096;
		t->s = realloc(t->s, t->cap);
		if (!t->s)
			die("no memory", "text");
	}
	memcpy(t->s + t->len, s, len);
	t->len += len;
	t->s[t->len] = 0;
}

static void add_line(struct text *t, const char *key, const char *value)
{
	add(t, key, strlen(key));
	add(t, ": ", 2);
	add(t, value, strlen(value));
	add(t, "\n", 1);
}

static void add_number(struct text *t, const char *key, uint32_t value)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%lu", (unsigned long)value);
	add_line(t, key, digits);
}

static void add_string(struct text *t, const char *key, struct fsv_str value)
{
	char escaped[8];
	size_t i;

	add(t, key, strlen(key));
	add(t, ": ", 2);
	for (i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.s[i];
		int at_end = i == 0 || i == value.len - 1;

		if (c < 0x20 || c > 0x7e || c == '\\' || (c == ' ' && at_end))
			snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned int)c);
		else
			snprintf(escaped, sizeof(escaped), "%c", c);
		add(t, escaped, strlen(escaped));
	}
	add(t, "\n", 1);
}

static void add_fields(struct text *t, const struct fsv_msg *m)
{
	switch (m->kind) {
	case FSV_HELLO:
		add_number(t, "min_version", m->hello.min_version);
		add_number(t, "max_version", m->hello.max_version);
		add_number(t, "flags", m->hello.flags);
		break;
	case FSV_HELLO_REPLY: add_number(t, "version", m->hello_reply.version); break;
	case FSV_OPEN:
	case FSV_OPEN_BDEV:
		add_number(t, "open_flags", m->open.open_flags);
		add_number(t, "create_mode", m->open.create_mode);
		add_number(t, "request_flags", m->open.request_flags);
		add_number(t, "block_size", m->open.block_size);
		add_string(t, "path", m->open.path);
		break;
	case FSV_FSOPEN: add_number(t, "flags", m->fsopen_flags); break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: add_string(t, "text", m->text); break;
	case FSV_MNTPT:
		add_number(t, "expected_format", m->mntpt.expected_format);
		add_string(t, "path", m->mntpt.path);
		break;
	case FSV_MOUNT: add_number(t, "ms_flags", m->ms_flags); break;
	case FSV_BYE: add_number(t, "exit_code", m->exit_code); break;
	case FSV_FILE:
		add_number(t, "error", m->file.error);
		add_string(t, "path", m->file.path);
		break;
	case FSV_REPLY: add_number(t, "error", m->error); break;
	default: break;
	}
}

/* What was decoded must also be encoded to the very same bytes. */
static int is_written_back(const struct fsv_msg *msg, const uint8_t *bytes, size_t len)
{
	uint8_t *back = malloc(len);
	size_t got = 0;
	int same;

	if (!back)
		die("no memory", "packet");
	same = fsv_msg_write(msg, back, len, &got) == FSV_OK && got == len &&
	       memcmp(back, bytes, len) == 0;
	free(back);
	return same;
}

static void decode_packet(struct text *t, enum fsv_side from, const uint8_t *bytes, size_t len)
{
	struct fsv_msg msg;
	enum fsv_reason reason = fsv_msg_parse(from, bytes, len, &msg);

	if (reason) {
		add_line(t, "reject", fsv_reason_name(reason));
	} else if (!is_written_back(&msg, bytes, len)) {
		add_line(t, "reject", "written back to other bytes");
	} else {
		add_line(t, "kind", fsv_kind_name(msg.kind));
		add_fields(t, &msg);
	}
}

static void decode_blob(struct text *t, const uint8_t *bytes, size_t len)
{
	struct fsv_args args;
	enum fsv_reason reason = fsv_args_parse(bytes, len, &args);
	char key[16];
	uint32_t i;

	if (reason) {
		add_line(t, "reject", fsv_reason_name(reason));
		return;
	}
	add_line(t, "kind", "ARGS");
	add_number(t, "argc", args.argc);
	for (i = 0; i < args.argc; i++) {
		snprintf(key, sizeof(key), "arg%lu", (unsigned long)i);
		add_string(t, key, fsv_args_get(&args, i));
	}
}

static int hex_digit(char c, const char *name)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	if (!at)
		die("bad hex", name);
	return (int)(at - digits);
}

static uint8_t *from_hex(const struct vector *v, size_t *len)
{
	size_t i, n = strlen(v->hex) / 2;
	/* Of exactly that size, so that a sanitizer sees a step past the end. */
	uint8_t *bytes = malloc(n ? n : 1);

	if (!bytes)
		die("no memory", v->name);
	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)(hex_digit(v->hex[2 * i], v->name) * 16 +
				     hex_digit(v->hex[2 * i + 1], v->name));
	*len = n;
	return bytes;
}

static void run(const struct vector *v)
{
	struct text got = { NULL, 0, 0 };
	size_t len;
	uint8_t *bytes = from_hex(v, &len);

	if (strcmp(v->from, "blob") == 0)
		decode_blob(&got, bytes, len);
	else if (strcmp(v->from, "helper") == 0)
		decode_packet(&got, FSV_HELPER, bytes, len);
	else if (strcmp(v->from, "service") == 0)
		decode_packet(&got, FSV_SERVICE, bytes, len);
	else
		die("unknown sender", v->name);
	if (strcmp(got.s, v->expected) == 0) {
		passed++;
	} else {
		failed++;
		printf("FAILED %s\n--- expected\n%s--- got\n%s", v->name, v->expected, got.s);
	}
	free(got.s);
	free(bytes);
}

/* The value of the line at `*at`, which must have this key; `*at` moves to the next line. */
static const char *take_line(char **at, const char *key)
{
	char *line = *at, *end = strchr(line, '\n');
	size_t len = strlen(key);

	if (!end || strncmp(line, key, len) != 0 || strncmp(line + len, ": ", 2) != 0)
		die("expected a line with the key", key);
	*end = 0;
	*at = end + 1;
	return line + len + 2;
}

static void run_block(char *block)
{
	struct vector v;

	v.name = take_line(&block, "name");
	v.from = take_line(&block, "from");
	v.hex = take_line(&block, "hex");
	v.expected = block;
	run(&v);
}

static char *read_file(const char *path)
{
	struct text t = { NULL, 0, 0 };
	char buf[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		die("cannot open", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		add(&t, buf, n);
	fclose(f);
	if (!t.s)
		die("nothing in", path);
	return t.s;
}

static void run_file(const char *path)
{
	char *text = read_file(path), *block = text, *end;

	for (;;) {
		end = strstr(block, "\n\n");
		if (end)
			end[1] = 0;
		run_block(block);
		if (!end)
			break;
		block = end + 2;
	}
	free(text);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
