/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Only in builds with the address sanitizer. Its search for leaks at the end needs ptrace, which
 * the helper closes itself off from, and with a file capability ASAN_OPTIONS is not heard either.
 * The name is the sanitizer's.
 */
const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=99";
}
