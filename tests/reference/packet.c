/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "packet.h"

#include <string.h>

#include "fsv_reason.h"

/*
 * A field is a letter: 2 or 4 bytes of any value, p padding, e errno, f format, b a block size that
 * must be 0, 1 and 3 flags in 4 bytes of which only these bits may be set, s the string.
 */
static const struct {
	const char *magic, *name, *fields;
	char sender;
} table[] = {
	{ "SAFT", "HELLO", "223", 'h' },
	{ "LAST", "HELLO_REPLY", "2p", 's' },
	{ "OPEN", "OPEN", "441bs", 's' },
	{ "BDEV", "OPEN_BDEV", "4414s", 's' },
	{ "TYPE", "FSOPEN", "1", 's' },
	{ "NAME", "SOURCE", "s", 's' },
	{ "OPTS", "MNTOPTS", "s", 's' },
	{ "MTAB", "MTABOPTS", "s", 's' },
	{ "MNTP", "MNTPT", "fps", 's' },
	{ "DOIT", "MOUNT", "4", 's' },
	{ "UMNT", "UNMOUNT", "", 's' },
	{ "BYEE", "BYE", "4", 's' },
	{ "FILE", "FILE", "es", 'h' },
	{ "REPL", "REPLY", "e", 'h' },
};

static void blame(struct ref_packet *packet, enum fsv_reason reason)
{
	packet->faults |= 1u << reason;
}

static void judge(struct ref_packet *packet, char field, uint32_t value)
{
	if (field == 'p' && value != 0)
		blame(packet, FSV_R_PADDING);
	if (field == 'e' && value >= 4096)
		blame(packet, FSV_R_ERRNO);
	if (field == 'f' && value != 0 && value != 0x4000 && value != 0x8000)
		blame(packet, FSV_R_FORMAT);
	if (field == 'b' && value != 0)
		blame(packet, FSV_R_BLOCK_SIZE);
	if ((field == '1' && value > 1) || (field == '3' && value > 3))
		blame(packet, FSV_R_FLAGS);
}

static void read_text(const uint8_t *bytes, size_t at, size_t size, struct ref_packet *packet)
{
	size_t i;

	if (at == size) {
		blame(packet, FSV_R_SHORT);
		return;
	}
	packet->text_at = at;
	packet->text_len = size - at - 1;
	if (bytes[size - 1] != '\0')
		blame(packet, FSV_R_UNTERMINATED);
	else if (packet->text_len == 0)
		blame(packet, FSV_R_EMPTY);
	for (i = at; i < size - 1; i++)
		if (bytes[i] == '\0')
			blame(packet, FSV_R_INNER_NUL);
}

static void read_fields(
	const char *fields, const uint8_t *bytes, size_t size, struct ref_packet *packet)
{
	size_t at = 4, width, i;

	for (; *fields; fields++) {
		uint32_t value = 0;

		if (*fields == 's') {
			read_text(bytes, at, size, packet);
			return;
		}
		width = strchr("2pf", *fields) ? 2 : 4;
		if (at + width > size) {
			blame(packet, FSV_R_SHORT);
			return;
		}
		for (i = 0; i < width; i++)
			value = value << 8 | bytes[at++];
		judge(packet, *fields, value);
		if (*fields != 'p')
			packet->number[packet->numbers++] = value;
	}
	if (at < size)
		blame(packet, FSV_R_TRAILING);
}

void ref_packet_read(const uint8_t *bytes, size_t size, struct ref_packet *packet)
{
	size_t i;

	memset(packet, 0, sizeof(*packet));
	if (size < 4)
		blame(packet, FSV_R_SHORT);
	if (size > 65536)
		blame(packet, FSV_R_OVERSIZE);
	for (i = 0; i < sizeof(table) / sizeof(table[0]) && size >= 4; i++)
		if (memcmp(bytes, table[i].magic, 4) == 0)
			break;
	if (packet->faults)
		return;
	if (i == sizeof(table) / sizeof(table[0])) {
		blame(packet, FSV_R_MAGIC);
		return;
	}
	packet->name = table[i].name;
	packet->sender = table[i].sender;
	read_fields(table[i].fields, bytes, size, packet);
	if (strcmp(packet->name, "HELLO") == 0 && packet->numbers >= 2 &&
		packet->number[0] > packet->number[1])
		blame(packet, FSV_R_VERSION);
}
