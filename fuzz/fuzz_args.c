/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: an argument blob. One that is refused leaves the result untouched. In one that is accepted
 * every string lies behind the table and inside the blob, its only NUL at its end; and the same
 * strings written again are a blob that is accepted and says the same (or one that is too long,
 * where strings shared their bytes).
 */
#include "fsv_args.h"
#include "fsv_wire.h"
#include "fuzz.h"

static void check_strings(const struct fsv_args *args, struct fsv_str blob, const char **argv)
{
	size_t head = FSV_ARGS_HEAD + (size_t)args->argc * FSV_ARGS_ENTRY;

	for (uint32_t i = 0; i < args->argc; i++) {
		struct fsv_str s = fsv_args_get(args, i);

		must(inside((struct fsv_str){ s.s, s.len + 1 }, fsv_str_behind(blob, head)));
		must(strlen(s.s) == s.len);
		argv[i] = s.s;
	}
	must(fsv_args_get(args, args->argc).len == 0);
}

static void write_again(const struct fsv_args *args, const char *const *argv)
{
	struct fsv_args again;
	size_t size = 0, written = 0;
	uint8_t *blob;

	if (fsv_args_size(args->argc, argv, &size) == FSV_R_OVERSIZE)
		return;
	blob = malloc(size);
	must(blob);
	must(fsv_args_write(args->argc, argv, blob, size, &written) == FSV_OK);
	must(written == size);
	must(fsv_args_parse(blob, size, &again) == FSV_OK && again.argc == args->argc);
	for (uint32_t i = 0; i < args->argc; i++)
		must(fsv_str_is(fsv_args_get(&again, i), argv[i]));
	free(blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fsv_str blob = { (const char *)data, size };
	struct fsv_args args;
	const char **argv;

	memset(&args, 0x5a, sizeof(args));
	if (fsv_args_parse(data, size, &args) != FSV_OK) {
		must(untouched(&args, 0x5a, sizeof(args)));
		return 0;
	}
	argv = calloc(args.argc, sizeof(*argv));
	must(argv);
	check_strings(&args, blob, argv);
	write_again(&args, argv);
	free(argv);
	return 0;
}
