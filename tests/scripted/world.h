/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A scripted kernel under the helper's own sources: two processes (session and mounter) with their
 * open files, a few files on a disk, a mount table, and a service that sends what a list says. It
 * stands in for the seams (mounter/kernel.h, session/sys.h, fsv_sys.h), so that everything above
 * them is the code that ships.
 *
 * Every system call is counted and checked, and one of them can fail, be interrupted by a signal,
 * or be the last one of its process. Time passes only where somebody waits, and a wait that nothing
 * can end is found, not waited for.
 */
#ifndef WORLD_H
#define WORLD_H

#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fsv_msg.h"
#include "mounter/mounter.h"

/* --- open files ------------------------------------------------------------------------------ */

enum process {
	SESSION,
	MOUNTER,
	SERVICE,
	PROCESSES
};

/* Each process has its own range of numbers, so that a number in the wrong process is noticed. */
#define FD_FIRST 100
#define FD_RANGE 1000
#define FD_COUNT 800

enum file_kind {
	FILE_NODE, /* something on the disk: file, directory, device; O_PATH or opened */
	FILE_SOCKET,
	FILE_MEMORY,  /* memfd */
	FILE_CONTEXT, /* fsopen(2) */
	FILE_MOUNT,   /* fsmount(2) */
	FILE_MOUNTINFO,
	FILE_LOCK,
	FILE_RULESET, /* Landlock */
	FILE_KINDS
};

/* Something that a path leads to. */
struct node {
	const char *path;
	mode_t mode; /* type and permissions */
	uid_t uid;
	gid_t gid;
	unsigned int major, minor;
	const char *link;    /* target of a symbolic link */
	uint64_t fs;	     /* f_type */
	uint64_t mnt;	     /* mount id */
	int write_error;     /* what opening for writing says */
	int open_error;	     /* what opening at all says */
	unsigned int rights; /* that Landlock leaves, LANDLOCK_* bits */
	bool fresh;	     /* made during the run */
};

struct packet;

/* An open file description. */
struct file {
	enum file_kind kind;
	unsigned int refs;
	int flags;	     /* open(2) flags */
	struct node *node;   /* FILE_NODE */
	bool given;	     /* the service has it too */
	struct mount *mount; /* FILE_MOUNT */
	/* FILE_SOCKET */
	struct file *peer;
	enum process owner;
	struct packet *queue;
	bool shut;  /* the peer will send no more */
	bool reset; /* the peer closed with something unread */
	/* FILE_MEMORY */
	uint8_t *memory;
	size_t size;
	unsigned int seals;
	/* FILE_CONTEXT, FILE_MOUNTINFO */
	bool created;
	bool block;
	size_t pos;
	struct file *next; /* all files of the world */
};

/* A mount of ours. */
struct mount {
	uint64_t id, parent;
	bool made, attached;
	bool block;
	unsigned int major, minor;
};

/* --- what the service does ------------------------------------------------------------------- */

/* Instead of an errno: */
#define ENDS   -1 /* no answer, the session ends */
#define SILENT -2 /* no answer, and none is due: BYE */

/* One thing that the service does. */
struct step {
	struct fsv_msg msg; /* a packet to send, unless … */
	const char *raw;    /* … its bytes, or … */
	size_t raw_len;
	bool late;		 /* an OPEN that is refused only because of the MOUNT before it */
	bool hang_up;		 /* … the connection ends */
	int expect;		 /* the errno of the answer, or one of the two above */
	const char *expect_path; /* of a FILE, where it is not the packet's */
	int flags;		 /* with which the file that comes is open, if not 0 */
	unsigned int files;	 /* that ride on the packet */
};

#define STEPS_MAX 32

/* A whole session: who calls with what, and what the service does. */
struct scenario {
	const char *name;
	uid_t uid;
	const char *words; /* command line, blanks between words */
	const char *conf;  /* text of fuse.conf */
	bool allow_other;  /* user_allow_other */
	int32_t mount_max; /* 0 stands for the default */
	struct step step[STEPS_MAX];
	const char *log; /* the mount calls that it must make, or NULL */
	const char *say; /* text that must be printed, or NULL */
	int status;
	void (*prepare)(void);
	bool mute;	      /* the service does not say hello */
	bool at_once;	      /* it sends everything without waiting for answers */
	unsigned int unread;  /* it reads nothing, and is gone after so many packets, unless 0 */
	bool flood;	      /* it repeats its first step for ever */
	bool no_utab;	      /* there is no process for it */
	unsigned int timeout; /* of the caller */
	bool (*service)(
		void); /* what the service does, instead of steps; whether it did anything */
};

/* --- the world ------------------------------------------------------------------------------- */

#define NODES_MAX   64
#define ANSWERS_MAX 5000
#define TEXT_MAX    16384
#define MAPS_MAX    4

struct answer {
	enum fsv_kind kind;
	uint32_t error;
	char path[64];
	bool file;
	int flags;
};

struct world {
	/* Faults, by number of the call, from 1; 0 = none. */
	unsigned int fail_at;
	const char *fail_call; /* or the first call of this name */
	int fail_errno;
	unsigned int signal_at;
	int signal;
	unsigned int kill_at;
	enum process victim;

	/* How the world behaves; set after world_begin(). */
	uint64_t parent_in_fact;       /* what a mount is attached to, unless 0 */
	unsigned int other_mounts;     /* FUSE mounts that are there already, … */
	unsigned int mounts_meanwhile; /* … and that come while ours is attached */
	unsigned int lock_busy;	       /* how often the lock is somebody else's */
	const char *kernel_says;       /* message of the mount context, lines apart by '\n' */
	unsigned int source_major, source_minor; /* what fuseblk's SOURCE is by now, unless 0 */
	size_t chunk;				 /* most that one read gives, unless 0 */
	bool unwritable;			 /* faccessat2 says no */
	gid_t group;				 /* a supplementary one of the caller's */
	bool on_fuse;		  /* the disk is a FUSE file system that does not answer */
	bool on_readonly;	  /* … mounted read-only */
	bool hidden;		  /* the mount table does not show it */
	uint64_t root_mount;	  /* that the mounter's root lies on */
	bool hangs_up;		  /* the session, as soon as it has asked for the mount */
	bool busy_point;	  /* the kernel attaches nothing as long as the session is there */
	bool statmount;		  /* the kernel has it, and listmount */
	bool newer_mount;	  /* one that was made after ours is in the list before us */
	bool taken_later;	  /* root unmounts it just before the session looks */
	bool vanishes;		  /* root unmounts it just before we do */
	size_t shrinks;		  /* size of memory files when they are read, unless 0 */
	bool taken_away;	  /* root unmounts what was just attached */
	bool landlock;		  /* the kernel has it */
	int probe_error;	  /* what the file system answers; 1: it does not */
	unsigned int stall_after; /* packets, then the service takes no more, unless 0 */
	bool terminal;
	bool stuck;	 /* nobody takes what is printed */
	int idle_signal; /* what comes when nothing else does */
	long stall_ms;	 /* how late the handshake is answered */

	/* What has happened. */
	unsigned int calls;
	unsigned int table_reads;     /* of the mounter */
	unsigned int handshake_calls; /* up to the service's hello */
	char failed_call[32];
	enum process failed_in;
	char log[TEXT_MAX];
	char said[TEXT_MAX];
	size_t said_total;
	char wrong[512]; /* the first thing that must not happen */
	struct mount mount;
	bool locked;
	unsigned int alarm;
	unsigned int session_alarm;
	uint32_t last_op; /* of the mounter */
	bool kept;	  /* it said yes to KEEP */
	bool detach_failed;
	bool confined, filtered;
	uint64_t utab_id, utab_picked;
	int utab_calls;
	struct answer answer[ANSWERS_MAX];
	unsigned int answers;
	bool mount_answered; /* the service knows that it is mounted */
	int status;
	bool session_killed, mounter_killed;
	bool interrupted;      /* a signal handler ended the session */
	bool attached_at_exit; /* the mount, when the session ended by itself */
	unsigned int probed;

	/* The inside. */
	const struct scenario *scenario;
	enum process current;
	struct node node[NODES_MAX];
	unsigned int nodes;
	struct file *files;
	struct file *fd[PROCESSES][FD_COUNT];
	struct file *service; /* its end of the connection */
	struct file *script;  /* a channel that ends when everything on it has been taken */
	struct file *held[300];
	unsigned int holds;
	unsigned int step;
	bool greeted;
	long long clock;
	void (*handler[65])(int);
	bool handling; /* a signal handler runs */
	int pending;   /* a signal for the session while the mounter runs; -1 kills it */
	bool mounter_runs, mounter_over, mounter_doomed, mounter_held, session_over;
	unsigned int sent;
	struct {
		void *at;
		size_t size;
		struct file *file;
	} map[MAPS_MAX];
	jmp_buf session_end, mounter_end;
};

extern struct world world;

/* A new world with the usual files, nothing open. */
void world_begin(void);
/* Everything ends; what is wrong with that is in world.wrong. */
void world_end(void);
/* Note the first thing that must not happen. */
void world_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line of the log of mount calls. */
void world_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Every system call begins with this: 0, or the negative errno that it must give. Does not return
 * where the process ends here.
 */
int world_call(const char *name);

struct node *world_node(const char *path);
struct file *world_file(enum file_kind kind);
struct file *world_open_node(const char *path, int flags);
void world_put(struct file *file);
/* Into the current process, which takes over the reference. The number. */
int world_install(struct file *file);
/* The open file with this number in the current process, or NULL after a note. */
struct file *world_get(int fd);
int world_close(int fd);
/* The mounter cannot go on as long as the session is there. */
void world_hold_mounter(void);
/* Nothing more will come to this end of a channel. */
void world_hung_up(const struct file *end);
void world_socketpair(enum process a, enum process b, struct file *pair[2]);
/* Note what a process has open beside the files with these numbers. */
void world_check_open(enum process process, const int *allowed, unsigned int count);
/* The process is gone, and with it everything that it had open. */
void world_process_ends(enum process process);

struct msghdr;
ssize_t world_sendmsg(int fd, const struct msghdr *msg);
/* `wait`: until there is something. */
ssize_t world_recvmsg(int fd, struct msghdr *msg, bool wait);
/* Put a packet into the queue of a socket. The references of the files are taken over. */
void world_queue(struct file *to, const void *data, size_t len, struct file **files, size_t count);
struct pollfd;
int world_poll(struct pollfd *fds, unsigned int count, int timeout_ms);
/* mounter_serve() until it ends or is killed. */
void world_serve(const struct mounter_facts *facts, const struct mounter_files *files);
struct statx;
int world_statx(int fd, struct statx *stx);
/* A piece of the mount table for whoever opened it. */
ssize_t world_read_table(int fd, void *buf, size_t len, size_t *at);
int world_fs_type(int fd, uint64_t *type);
/* The mounter of a session: a thread that runs while the session waits, and only then. */
pthread_t world_start_mounter(const struct mounter_facts *facts);
/* Run it until it ends. */
void world_wait_mounter(pthread_t thread);
/* Whether the service did something. */
bool service_acts(void);
/* A packet for the service. */
void service_receives(const void *data, size_t len, struct file **files, size_t count);

/* The same for one that reads nothing. */
void service_ignores(const void *data, size_t len, struct file **files, size_t count);

/* --- running --------------------------------------------------------------------------------- */

/* The mounter alone: requests and then the end of the channel. Answers are in *answers. */
struct mounter_case {
	struct mounter_request request;
	const char *files[6]; /* paths, opened O_PATH (devices: as `device_flags` says) */
	int device_flags;
	size_t cut;  /* bytes left out at the end of the request */
	size_t more; /* bytes too many */
};
/* How many answers there were. */
unsigned int world_run_mounter(const struct mounter_facts *facts, const struct mounter_case *cases,
	unsigned int count, struct mounter_answer *answers);

/* A whole session with both processes, in a world that has begun. The exit status. */
int world_run_session(const struct scenario *scenario);

/* The first line of the log that begins so, or NULL. */
const char *world_logged(const char *start);
/* Whether an answer is due for a step. */
bool step_wants_answer(const struct step *step);
/* What is wrong with a session that is over, or NULL; call world_end() first. */
const char *world_judge(const struct scenario *scenario);

#endif
