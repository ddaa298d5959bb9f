/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The engine that needs no engine: runs a fuzz target once on each of the files given, and on all
 * files in the folders given, whatever the compiler. Each run has a process of its own, so that one
 * that dies does not hide the others, and its input ends at an unreadable page. Exit 0 where there
 * was at least one input and all passed.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "guard.h"

#define INPUT_MAX (2u << 20)

static unsigned int passed, failed;

static void count(const char *path, int ok)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s\n", path);
}

/* Ends the process: 0 where the target came back. */
static void run_input(const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	struct guard g = guard_new(INPUT_MAX);
	FILE *file = fopen(path, "rb");
	size_t len = file ? fread(bytes, 1, sizeof(bytes), file) : 0;

	if (!file || ferror(file) || len == sizeof(bytes)) {
		fprintf(stderr, "%s: cannot be read, or is too long\n", path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput((const uint8_t *)guard_end(&g, bytes, len), len);
	guard_free(&g);
	exit(0);
}

static void replay_file(const char *path)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_input(path);
	count(path, pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay(const char *path)
{
	struct dirent **entries;
	struct stat st;
	int n;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		replay_file(path);
		return;
	}
	n = scandir(path, &entries, not_hidden, alphasort);
	if (n <= 0)
		count(path, 0);
	for (int i = 0; i < n; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		replay(name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%u passed, %u failed\n", passed, failed);
	return passed > 0 && failed == 0 ? 0 : 1;
}
