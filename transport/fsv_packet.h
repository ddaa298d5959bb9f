/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * One packet with at most one open file over an AF_UNIX SOCK_SEQPACKET socket (docs/protocol.md,
 * "Transport"; unix(7), recvmsg(2)). Nothing here looks into a packet.
 */
#ifndef FSV_PACKET_H
#define FSV_PACKET_H

#include <stddef.h>

/*
 * Send `len` bytes (1 … FSV_PACKET_MAX) and, unless it is -1, `fd`, which stays the caller's. Waits
 * for room at most `timeout_ms` milliseconds (< 0: for ever). Never raises SIGPIPE. 0, or -EMSGSIZE
 * (too long), -ETIMEDOUT, -EINTR (a signal came while waiting), -EPIPE and what sendmsg(2) says.
 */
int fsv_packet_send(int sock, const void *buf, size_t len, int fd, int timeout_ms);

/*
 * Receive one packet into `cap` bytes at `buf`, waiting at most `timeout_ms` milliseconds (0: only
 * what is there already, < 0: for ever). On success `*len` is its size and `*fd` the file that came
 * along, close-on-exec and the caller's to close, or -1.
 *
 * `fd` may be NULL: files are not wanted. Then there is no control buffer, so that the kernel
 * itself drops what is sent.
 *
 * 0, or -ETIMEDOUT, -EINTR, -ECONNRESET (the other side is gone, or sent an empty packet: the two
 * cannot be told apart), -EMSGSIZE (longer than `cap`), -EBADMSG (more than one file). On
 * failure no file is left open and the outputs are untouched.
 */
int fsv_packet_recv(int sock, void *buf, size_t cap, size_t *len, int *fd, int timeout_ms);

/*
 * Refuse files from the other side from now on (SO_PASSRIGHTS off, Linux 6.16). Older kernels do
 * not know the option: then nothing happens, and the receiver drops files one by one.
 */
void fsv_packet_refuse_files(int sock);

#endif
