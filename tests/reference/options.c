/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "options.h"

#include <string.h>
#include <sys/mount.h>

#include "fsv_reason.h"

/* A comma is part of its token if an odd number of backslashes stands right before it. */
size_t ref_token_end(const char *list, size_t size, size_t at)
{
	size_t end, slashes = 0;

	for (end = at; end < size; end++) {
		if (list[end] == ',' && slashes % 2 == 0)
			return end;
		slashes = list[end] == '\\' ? slashes + 1 : 0;
	}
	return size;
}

size_t ref_unescape(const char *token, size_t len, char *plain)
{
	size_t i = 0, n = 0;

	while (i < len) {
		if (i + 1 < len && token[i] == '\\' && strchr(",\\", token[i + 1]) && token[i + 1])
			i++;
		plain[n++] = token[i++];
	}
	return n;
}

static int is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

static int number(const char *text, size_t len, uint32_t *value)
{
	unsigned long long sum = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return FSV_R_NUMBER;
		sum = sum * 10 + (unsigned int)(text[i] - '0');
		if (sum > 4294967295u)
			return FSV_R_NUMBER;
	}
	*value = (uint32_t)sum;
	return len ? 0 : FSV_R_VALUE;
}

static int set_number(const char *value, size_t len, int *has, uint32_t *n)
{
	*has = 1;
	return number(value, len, n);
}

static int one_option(const char *token, size_t len, struct ref_kernel_opts *opts)
{
	static const char *const contexts[] = { "context", "fscontext", "defcontext",
		"rootcontext" };
	const char *equals = memchr(token, '=', len), *value = equals ? equals + 1 : NULL;
	size_t name = equals ? (size_t)(equals - token) : len;
	size_t rest = equals ? len - name - 1 : 0, i;

	if (is_word(token, name, "default_permissions"))
		return opts->default_permissions = 1, equals ? FSV_R_VALUE : 0;
	if (is_word(token, name, "allow_other"))
		return opts->allow_other = 1, equals ? FSV_R_VALUE : 0;
	if (is_word(token, name, "max_read"))
		return set_number(value, rest, &opts->has_max_read, &opts->max_read);
	if (is_word(token, name, "blksize"))
		return set_number(value, rest, &opts->has_blksize, &opts->blksize);
	for (i = 0; i < 4; i++) {
		if (!is_word(token, name, contexts[i]))
			continue;
		opts->context[i] = value;
		opts->context_len[i] = rest;
		return rest ? 0 : FSV_R_VALUE;
	}
	return FSV_R_UNKNOWN;
}

int ref_kernel_opts(const char *list, size_t size, struct ref_kernel_opts *opts)
{
	size_t at, end;

	memset(opts, 0, sizeof(*opts));
	for (at = 0; at < size; at = end + 1) {
		int wrong;

		end = ref_token_end(list, size, at);
		if (end == at)
			continue;
		wrong = one_option(list + at, end - at, opts);
		if (wrong)
			return wrong;
	}
	return 0;
}

void ref_ms_flags(const char *list, size_t size, uint32_t *on, uint32_t *off)
{
	/* The word that sets each flag, and the one that clears it. */
	static const struct {
		uint32_t flag;
		const char *set, *clear;
	} words[] = {
		{ MS_RDONLY, "ro", "rw" },
		{ MS_NOSUID, "nosuid", "suid" },
		{ MS_NODEV, "nodev", "dev" },
		{ MS_NOEXEC, "noexec", "exec" },
		{ MS_SYNCHRONOUS, "sync", "async" },
		{ MS_DIRSYNC, "dirsync", "" },
		{ 256, "nosymfollow", "symfollow" },
		{ MS_NOATIME, "noatime", "atime" },
		{ MS_NODIRATIME, "nodiratime", "diratime" },
		{ MS_RELATIME, "relatime", "norelatime" },
		{ MS_STRICTATIME, "strictatime", "nostrictatime" },
		{ 1 << 25, "lazytime", "nolazytime" },
	};
	size_t at, end, i;

	*on = *off = 0;
	for (at = 0; at < size; at = end + 1) {
		end = ref_token_end(list, size, at);
		for (i = 0; i < sizeof(words) / sizeof(words[0]) && end > at; i++) {
			int set = is_word(list + at, end - at, words[i].set);

			if (!set && !is_word(list + at, end - at, words[i].clear))
				continue;
			*on = set ? *on | words[i].flag : *on & ~words[i].flag;
			*off = set ? *off & ~words[i].flag : *off | words[i].flag;
		}
	}
}
