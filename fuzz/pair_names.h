/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Where both ends are in one program, the server's half has a transport of its own, over the system
 * calls of fuzz_pair.c: this is included in front of its sources.
 */
#define shutdown		pair_shutdown
#define fsv_fd_close		pair_fd_close
#define fsv_fd_take		pair_fd_take
#define fsv_packet_send		pair_packet_send
#define fsv_packet_recv		pair_packet_recv
#define fsv_packet_refuse_files pair_packet_refuse_files
#define fsv_argfile_make	pair_argfile_make
#define fsv_argfile_copy	pair_argfile_copy
#define fsv_oflags_to_wire	pair_oflags_to_wire
#define fsv_oflags_from_wire	pair_oflags_from_wire
#define fsv_sys_close		pair_sys_close
#define fsv_sys_sendmsg		pair_sys_sendmsg
#define fsv_sys_recvmsg		pair_sys_recvmsg
#define fsv_sys_setsockopt	pair_sys_setsockopt
#define fsv_sys_wait		pair_sys_wait
#define fsv_sys_pwait		pair_sys_pwait
#define fsv_sys_now_ms		pair_sys_now_ms
#define fsv_sys_memfd_create	pair_sys_memfd_create
#define fsv_sys_fcntl		pair_sys_fcntl
#define fsv_sys_fstat		pair_sys_fstat
#define fsv_sys_pread		pair_sys_pread
#define fsv_sys_ftruncate	pair_sys_ftruncate
#define fsv_sys_map		pair_sys_map
#define fsv_sys_unmap		pair_sys_unmap
