/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "commands.h"
#include "confine.h"
#include "explain.h"
#include "fsv_argfile.h"
#include "fsv_fd.h"
#include "fsv_packet.h"
#include "fsv_wire.h"
#include "open.h"
#include "probe.h"
#include "say.h"
#include "sys.h"
#include "table.h"
#include "utab/utab.h"

/* After an interruption the mounter ends at once, unless it waits for others who count (2 s), or
 * the kernel holds it. */
#define INTERRUPT_MS 3000
/* Lines about a service's commands; what is more is counted only. */
#define COMPLAINTS_MAX 8

void session_complain(struct session *s, const char *what, struct fsv_str subject, const char *why)
{
	if (++s->complaints <= COMPLAINTS_MAX)
		say("%s: the service %s '%s': %s", s->caller->subtype, what, said(subject), why);
}

static int send_msg(struct session *s, const struct fsv_msg *msg, int fd)
{
	/* Its own buffer: a FILE answer repeats a path that still lies in the packet. */
	static uint8_t out[FSV_PACKET_MAX];
	size_t len;

	if (fsv_msg_write(msg, out, sizeof(out), &len))
		return -EMSGSIZE;
	return fsv_packet_send(s->sock, out, len, fd, SEND_MS);
}

/* A packet of the handshake, which the state table must know as well. */
static int send_first(struct session *s, const struct fsv_msg *msg, int fd)
{
	if (fsv_session_pass(&s->state, msg->kind))
		return -EPROTO;
	return send_msg(s, msg, fd);
}

static int recv_packet(struct session *s, size_t *len, int timeout_ms)
{
	/* No room for files: whatever the service attaches is dropped by the kernel. */
	return fsv_packet_recv(s->sock, s->packet, sizeof(s->packet), len, NULL, timeout_ms);
}

static int send_hello(struct session *s)
{
	struct fsv_msg msg = { .kind = FSV_HELLO };

	msg.hello.min_version = FSV_VERSION_MIN;
	msg.hello.max_version = FSV_VERSION_MAX;
	if (caller_is_root(s->caller) || s->config->user_allow_other)
		msg.hello.flags |= FSV_HELLO_ALLOW_OTHER;
	if (caller_is_root(s->caller))
		msg.hello.flags |= FSV_HELLO_FUSEBLK;
	return send_first(s, &msg, -1);
}

static int recv_hello_reply(struct session *s)
{
	enum fsv_reason reason;
	struct fsv_msg msg;
	uint16_t version;
	size_t len;
	int ret;

	ret = recv_packet(s, &len, NOTICE_MS);
	if (ret == -ETIMEDOUT) {
		if (s->terminal)
			say("%s: waiting for the service to answer", s->caller->subtype);
		ret = recv_packet(s, &len, HANDSHAKE_MS - NOTICE_MS);
	}
	if (ret == -ETIMEDOUT) {
		say("%s: the service did not answer within %d seconds", s->caller->subtype,
			HANDSHAKE_MS / 1000);
		return -EPROTO;
	}
	if (ret)
		return ret;
	reason = fsv_msg_parse(FSV_SERVICE, s->packet, len, &msg);
	if (!reason)
		reason = fsv_session_pass(&s->state, msg.kind);
	if (!reason)
		reason = fsv_version_pick(
			msg.hello_reply.version, msg.hello_reply.version, &version);
	if (!reason)
		return 0;
	say("%s: the service did not answer as a file-system service does (%s)", s->caller->subtype,
		fsv_reason_name(reason));
	return -EPROTO;
}

static int send_file(struct session *s, const char *name, int fd)
{
	struct fsv_msg msg = { .kind = FSV_FILE };

	msg.file.path = fsv_str_of(name);
	return send_first(s, &msg, fd);
}

/* The subtype, then the caller's words without -t and its value. */
static int make_args(const struct caller *c, int *fd)
{
	static const char *words[FSV_ARGS_MAX / FSV_ARGS_ENTRY];
	struct fsv_words walk;
	struct fsv_str text;
	enum fsv_word word;
	uint32_t argc = 0;
	int index, last = -1;

	words[argc++] = c->subtype;
	fsv_words_init(&walk, c->argc, c->argv);
	while (fsv_words_next(&walk, &word, &text, &index)) {
		if (word == FSV_WORD_TYPE_FLAG || word == FSV_WORD_TYPE || index == last)
			continue;
		if (argc == sizeof(words) / sizeof(words[0]))
			return -E2BIG;
		words[argc++] = c->argv[index];
		last = index;
	}
	return fsv_argfile_make(argc, words, fd);
}

static int open_fuse(struct session *s)
{
	s->fuse = sys_openat(AT_FDCWD, s->caller->fuse_device, O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
	if (s->fuse < 0) {
		say("cannot open %s: %s (is the fuse module loaded, and may you use it?)",
			said_text(s->caller->fuse_device), said_error(s->fuse));
		return -EPROTO;
	}
	return sys_set_flags(s->fuse, 0);
}

static int handshake(struct session *s, int *args)
{
	int ret;

	ret = open_fuse(s);
	ret = ret ? ret : recv_hello_reply(s);
	ret = ret ? ret : send_file(s, FSV_NAME_ARGV, *args);
	fsv_fd_close(args);
	return ret ? ret : send_file(s, FSV_NAME_FUSEDEV, s->fuse);
}

static int answer_error(struct session *s, int error)
{
	struct fsv_msg msg = { .kind = FSV_REPLY, .error = (uint32_t)-error };

	return send_msg(s, &msg, -1);
}

static int answer_file(struct session *s, struct fsv_str path, int error, int fd)
{
	struct fsv_msg msg = { .kind = FSV_FILE };

	msg.file.error = (uint32_t)-error;
	msg.file.path = path;
	return send_msg(s, &msg, fd);
}

static int handle_open(struct session *s, const struct fsv_open *request, bool bdev)
{
	FSV_AUTO_FD fd = -1;
	int ret;

	ret = open_for_service(s, request, bdev, &fd);
	if (ret && ret != -EISDIR && !(request->request_flags & FSV_OPEN_QUIET))
		session_complain(s, "could not have", request->path, explain_open(s, request, ret));
	return answer_file(s, request->path, ret, fd);
}

/* A known command whose body is wrong is refused, and the conversation goes on. */
static int refuse_body(struct session *s, enum fsv_kind kind, size_t len, enum fsv_reason reason)
{
	struct fsv_str path = fsv_str_of("?");

	session_complain(
		s, "sent a malformed", fsv_str_of(fsv_kind_name(kind)), fsv_reason_name(reason));
	if (kind != FSV_OPEN && kind != FSV_OPEN_BDEV)
		return answer_error(s, -EINVAL);
	if (fsv_msg_open_path(s->packet, len, &path))
		path = fsv_str_of("?");
	return answer_file(s, path, -EINVAL, -1);
}

static void complain_command(struct session *s, const struct fsv_msg *msg, int error)
{
	const char *why = explain_command(s, msg, error);

	switch (msg->kind) {
	case FSV_SOURCE: session_complain(s, "may not call its source", msg->text, why); break;
	case FSV_MNTOPTS: session_complain(s, "may not have the options", msg->text, why); break;
	case FSV_MNTPT: session_complain(s, "may not mount on", msg->mntpt.path, why); break;
	default: session_complain(s, "was refused its", fsv_str_of(fsv_kind_name(msg->kind)), why);
	}
}

static int handle_command(struct session *s, const struct fsv_msg *msg)
{
	bool tried = s->tried;
	enum fsv_reason reason;
	int ret, error;

	reason = fsv_session_check(&s->state, msg->kind);
	if (reason) {
		session_complain(s, "sent, out of turn, a", fsv_str_of(fsv_kind_name(msg->kind)),
			fsv_reason_name(reason));
		return answer_error(s, -EINVAL);
	}
	if (msg->kind == FSV_BYE) {
		s->bye = true;
		s->exit_code = msg->exit_code;
		return 0;
	}
	if (msg->kind == FSV_OPEN || msg->kind == FSV_OPEN_BDEV)
		return handle_open(s, &msg->open, msg->kind == FSV_OPEN_BDEV);
	if (fsv_session_pass(&s->state, msg->kind))
		return answer_error(s, -EINVAL);
	error = command_run(s, msg);
	/* What the mounter said about a MOUNT has been printed. */
	if (error && s->tried == tried)
		complain_command(s, msg, error);
	ret = fsv_session_answer(&s->state, FSV_REPLY, (uint32_t)-error, NULL) ? -EPROTO : 0;
	ret = ret ? ret : answer_error(s, error);
	/* Without a mounter nothing can come of it any more, and why has been said. */
	return !ret && s->lost ? -EPROTO : ret;
}

static int handle_packet(struct session *s, size_t len)
{
	enum fsv_kind kind = fsv_msg_kind(s->packet, len);
	enum fsv_reason reason;
	struct fsv_msg msg;

	if (++s->commands > COMMANDS_MAX) {
		say("%s: the service sent more than %d commands", s->caller->subtype, COMMANDS_MAX);
		return -EPROTO;
	}
	reason = fsv_msg_parse(FSV_SERVICE, s->packet, len, &msg);
	if (reason == FSV_R_MAGIC || reason == FSV_R_DIRECTION || kind == FSV_NONE ||
		kind == FSV_HELLO_REPLY) {
		say("%s: the service sent something that is no command (%s)", s->caller->subtype,
			fsv_reason_name(reason ? reason : FSV_R_ORDER));
		return -EPROTO;
	}
	if (reason)
		return refuse_body(s, kind, len, reason);
	return handle_command(s, &msg);
}

static void notice(const struct session *s)
{
	const char *type = s->caller->subtype;

	if (s->mount < 0)
		say("%s: waiting for the service to look at the file system (its log: journalctl "
		    "-b -f -u '%s@*')",
			type, type);
	else
		say("%s: mounted, and waiting for the service to say that it works", type);
}

/* Wait for the service's next packet, and notice it if the mounter ends. */
static int wait_packet(struct session *s)
{
	struct pollfd wait[2] = { { .fd = s->sock, .events = POLLIN }, { .fd = s->chan } };
	bool *noticed = &s->noticed[s->mount >= 0];
	int ret;

	do {
		ret = sys_poll(wait, 2, s->terminal && !*noticed ? NOTICE_MS : -1);
		if (ret == 0) {
			notice(s);
			*noticed = true;
		}
	} while (ret == -EINTR || ret == 0);
	if (ret < 0)
		return ret;
	return wait[1].revents ? -ECONNABORTED : 0;
}

static int converse(struct session *s)
{
	size_t len;
	int ret;

	while (!s->bye) {
		ret = recv_packet(s, &len, 0);
		if (ret == -ETIMEDOUT)
			ret = wait_packet(s);
		else
			ret = ret ? ret : handle_packet(s, len);
		if (ret)
			return ret;
	}
	return 0;
}

static int signal_chan = -1, signal_life = -1;

/*
 * Whatever the session waits for, a signal ends it at once; the mounter sees the channel end and
 * takes the mount away. Only calls that signal-safety(7) allows.
 */
static void on_signal(int sig)
{
	static const char text[] = PROGRAM ": interrupted, nothing stays mounted\n";
	/* Until it hangs up: an answer of its may still be on its way. */
	struct pollfd mounter = { .fd = signal_chan };
	struct pollfd error = { .fd = STDERR_FILENO, .events = POLLOUT };

	/* First of all: a full pipe or a stopped terminal must not hold up the end. */
	(void)shutdown(signal_chan, SHUT_WR);
	if (signal_life >= 0)
		(void)close(signal_life);
	if (sig != SIGPIPE && poll(&error, 1, 0) == 1 && (error.revents & POLLOUT))
		(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)poll(&mounter, 1, INTERRUPT_MS);
	_exit(1);
}

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE };

static void catch_signals(int chan, int life, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	size_t i;

	signal_chan = chan;
	signal_life = life;
	sigfillset(&action.sa_mask);
	for (i = 0; i < sizeof(ending_signals) / sizeof(ending_signals[0]); i++)
		(void)sigaction(ending_signals[i], &action, NULL);
}

void session_catch_signals(int chan, int life)
{
	catch_signals(chan, life, on_signal);
}

/* /proc/self/fd, and surely that: pins are re-opened through it. The mount table beside it. */
static int open_proc(struct session *s)
{
	uint64_t type;
	int ret;

	s->proc = sys_openat(AT_FDCWD, "/proc/self/fd", O_PATH | O_DIRECTORY, 0);
	ret = s->proc < 0 ? s->proc : sys_fs_type(s->proc, &type);
	if (!ret && type != PROC_SUPER_MAGIC)
		ret = -EPERM;
	if (!ret)
		s->mountinfo =
			sys_openat(s->proc, "../mountinfo", O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	ret = ret ? ret : s->mountinfo < 0 ? s->mountinfo : 0;
	if (ret)
		say("cannot use /proc/self/fd: %s (is /proc mounted?)", said_error(ret));
	return ret;
}

/* The caller's x-… words, for findmnt(8) and umount(8). The mount stands without them. */
static void write_utab(struct session *s)
{
	struct statx stx;
	int ret;

	if (s->utab < 0 || !s->utab_picked)
		return;
	ret = sys_statx(s->mount, 0, &stx);
	ret = ret ? ret : utab_write(s->utab, stx.stx_mnt_id, s->utab_picked);
	if (ret)
		say("%s: warning: the x- options could not be written to utab: %s",
			s->caller->subtype, said_error(ret));
}

/* Wait for the mounter's end. False if it does not end. */
static bool mounter_ends(struct session *s)
{
	struct pollfd end = { .fd = s->chan };

	(void)shutdown(s->chan, SHUT_WR);
	fsv_fd_close(&s->life);
	/* Once is enough. */
	s->stuck = sys_poll(&end, 1, s->stuck ? 0 : MOUNTER_MS) <= 0;
	return !s->stuck;
}

/*
 * Leave the mount to the system, if it stands: somebody may have taken it away meanwhile. Where no
 * answer comes the mounter may have heard of it or not; when it has ended, the mount table says.
 */
static int keep_mount(struct session *s)
{
	int ret = table_has(s->mountinfo, s->mount);

	ret = ret ? ret : ask_simple(s->chan, MOUNTER_KEEP);
	if (ret != -ECONNABORTED && ret != -ETIMEDOUT)
		return ret;
	return mounter_ends(s) ? table_has(s->mountinfo, s->mount) : -ETIMEDOUT;
}

/* The end: exit status 0 only with BYE(0) and a mount that stands and that nobody will take away.
 */
static int finish(struct session *s)
{
	const char *type = s->caller->subtype;

	/* From here on the outcome is decided; a late signal must not make it half of each. */
	catch_signals(s->chan, s->life, SIG_IGN);
	if (s->exit_code == 0 && s->mount >= 0) {
		int ret = keep_mount(s);

		if (!ret) {
			write_utab(s);
			return 0;
		}
		if (ret == -ETIMEDOUT)
			say("%s: the mounting process does not end; findmnt tells whether the "
			    "mount stands",
				type);
		else
			say("%s: the mount is gone again: %s", type, said_error(ret));
		return 1;
	}
	if (s->exit_code)
		say("%s: the service gave up (its log: journalctl -b -u '%s@*')", type, type);
	else
		say("%s: the service ended without a mount", type);
	return 1;
}

static void explain_end(const struct session *s, int error)
{
	const char *type = s->caller->subtype;

	if (error == -ECONNRESET || error == -EPIPE)
		say("%s: the service closed the connection before it was done (its log: journalctl "
		    "-b -u '%s@*')",
			type, type);
	else if (error == -ECONNABORTED)
		say("%s: the mounting process ended", type);
	else if (error == -E2BIG)
		say("%s: the command line is longer than 1 MiB", type);
	else if (error != -EPROTO)
		say("%s: %s", type, said_error(error));
}

static void close_session(struct session *s)
{
	if (s->complaints > COMPLAINTS_MAX)
		say("%s: and %u more such messages", s->caller->subtype,
			s->complaints - COMPLAINTS_MAX);
	pins_close(&s->pins);
	fsv_fd_close(&s->fuse);
	fsv_fd_close(&s->mount);
	fsv_fd_close(&s->probe);
	fsv_fd_close(&s->proc);
	fsv_fd_close(&s->mountinfo);
	fsv_fd_close(&s->utab);
	fsv_fd_close(&s->sock);
	/* Last: the mounter ends with it, and takes the mount away unless it was told to keep it.
	 * Waited for: who sees exit status 1 must not see the mount any more, and who sees 0 can
	 * unmount at once, with no process of ours still holding it. */
	(void)mounter_ends(s);
	fsv_fd_close(&s->chan);
}

/* Field by field: to write zeros over the packet and the pins would make memory of them. */
static void begin(struct session *s, const struct caller *caller, const struct config *config,
	const struct session_links *links)
{
	s->caller = caller;
	s->config = config;
	s->sock = links->sock;
	s->chan = links->chan;
	s->life = links->life;
	s->utab = links->utab;
	s->probe = links->probe;
	s->proc = s->mountinfo = s->fuse = s->mount = -1;
	fsv_session_init(&s->state);
}

int session_run(struct session *s, const struct caller *caller, const struct config *config,
	const struct session_links *links)
{
	FSV_AUTO_FD args = -1;
	int ret, status = 1;

	begin(s, caller, config, links);
	(void)umask(caller->umask);
	if (caller->timeout)
		(void)alarm(caller->timeout);
	fsv_packet_refuse_files(s->sock);
	ret = make_args(caller, &args);
	/* The service may think about its answer meanwhile; nobody here reads that yet. */
	ret = ret ? ret : send_hello(s);
	s->terminal = isatty(STDERR_FILENO);
	utab_words_collect(&s->utab_words, caller->argc, caller->argv);
	pins_make(&s->pins, caller);
	ret = ret ? ret : open_proc(s);
	ret = ret ? ret : session_confine(s);
	ret = ret ? ret : handshake(s, &args);
	ret = ret ? ret : converse(s);
	fsv_fd_close(&args);
	if (ret)
		explain_end(s, ret);
	else
		status = finish(s);
	close_session(s);
	return status;
}
