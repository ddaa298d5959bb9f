/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: words, each ended by a NUL. They fit into as many bytes as their size says and into no
 * fewer, no byte behind those is touched, and read again they are the same; no word, or more than a
 * blob holds, is refused before any of them is looked at.
 */
#include "draw.h"
#include "fsv_args.h"

#define WORDS_MAX 64
#define CANARY	  0xa5

static void read_again(const void *blob, size_t size, int argc, const char *const *argv)
{
	struct fsv_args again;

	must(fsv_args_parse(blob, size, &again) == FSV_OK && again.argc == (uint32_t)argc);
	for (int i = 0; i < argc; i++)
		must(fsv_str_is(fsv_args_get(&again, (uint32_t)i), argv[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	const char *argv[WORDS_MAX];
	int argc = draw_words(&d, argv, WORDS_MAX);
	size_t need = 7, written = 7;
	uint8_t *blob;

	must(fsv_args_size(0, NULL, &need) == FSV_R_EMPTY);
	must(fsv_args_size(UINT32_MAX, NULL, &need) == FSV_R_OVERSIZE && need == 7);
	if (argc == 0)
		return 0;
	must(fsv_args_size((uint32_t)argc, argv, &need) == FSV_OK);
	blob = malloc(need + 1);
	must(blob);
	for (size_t less = 0; less < need; less++)
		must(fsv_args_write((uint32_t)argc, argv, blob, less, &written) == FSV_R_NO_SPACE);
	must(written == 7);
	blob[need] = CANARY;
	must(fsv_args_write((uint32_t)argc, argv, blob, need, &written) == FSV_OK);
	must(written == need && blob[need] == CANARY);
	read_again(blob, need, argc, argv);
	free(blob);
	return 0;
}
