/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Parses the packets in the files given, argument 1 times, as what each side may send. */
#include "fsv_msg.h"
#include "fuzz.h"

#define PACKETS_MAX 256

int main(int argc, char **argv)
{
	static uint8_t packets[PACKETS_MAX][512];
	size_t sizes[PACKETS_MAX], accepted = 0;
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int n = 0;

	for (int i = 2; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");

		must(file && n < PACKETS_MAX);
		sizes[n] = fread(packets[n], 1, sizeof(packets[n]), file);
		n++;
		fclose(file);
	}
	while (rounds-- > 0)
		for (int i = 0; i < n; i++) {
			struct fsv_msg msg;

			accepted +=
				fsv_msg_parse(FSV_SERVICE, packets[i], sizes[i], &msg) == FSV_OK;
		}
	printf("%zu\n", accepted);
	return 0;
}
