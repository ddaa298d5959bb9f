/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The helper's command line: which words are operands, option lists and the rest, and which names
 * the caller thereby named. A service may ask only for what the caller named; what that means is
 * decided here and only here.
 *
 * `argv` is the command line without the program's name. Two words `-t VALUE` are the type, two
 * words `-o LIST` and one word `-oLIST` an option list; a word that does not begin with `-` is an
 * operand. `--` is a word like any other.
 */
#ifndef FSV_WORDS_H
#define FSV_WORDS_H

#include "fsv_cursor.h"
#include "fsv_options.h"

enum fsv_word {
	FSV_WORD_TYPE_FLAG, /* "-t" with a word behind it */
	FSV_WORD_TYPE,	    /* the word behind it */
	FSV_WORD_LIST_FLAG, /* "-o" with a word behind it */
	FSV_WORD_LIST,	    /* the word behind it, or what is attached in "-oLIST" */
	FSV_WORD_OPERAND,   /* does not begin with "-" */
	FSV_WORD_LONG,	    /* "--name=value" */
	FSV_WORD_SHORT,	    /* "-Xrest" with a rest, X not "-" and not "o" */
	FSV_WORD_OTHER	    /* "-x", "--name", "--", "-", a "-t" or "-o" at the very end */
};

/* Walks the words from left to right. May be copied. */
struct fsv_words {
	int argc;
	const char *const *argv;
	int i;
	enum fsv_word expect;
};

void fsv_words_init(struct fsv_words *w, int argc, const char *const *argv);
/*
 * The next word: its class, the part that counts (`*text`: the type, the list, the operand, the
 * value behind `=`, the rest behind the letter, else the word), and its index in argv. 0 at the
 * end.
 */
int fsv_words_next(struct fsv_words *w, enum fsv_word *word, struct fsv_str *text, int *index);

/* In which way a name was named. */
enum fsv_way {
	FSV_NOT_NAMED = 0,
	FSV_OPERAND,	  /* an operand */
	FSV_OPTION_VALUE, /* the value of name=value in a list, or of --name=value */
	FSV_SHORT_REST	  /* the rest of a short option: -J/dev/sdb1 */
};

/* A name on the command line. Undo its escapes (fsv_opt_unescape) only where `escaped` says so. */
struct fsv_name {
	enum fsv_way way;
	struct fsv_str text;
	int escaped;
	int index; /* of the word that it came from */
};

/* Walks all names. May be copied. */
struct fsv_names {
	struct fsv_words words;
	struct fsv_opts list;
	int list_index;
	int relative_values;
};

/*
 * A walk over the names. Values and rests count only if they are absolute, unless `relative_values`
 * says that text is looked for and not a file (SOURCE may be any value that the caller typed).
 */
void fsv_names_init(struct fsv_names *n, int argc, const char *const *argv, int relative_values);
/* The next name; 0 at the end, then `*name` is untouched. */
int fsv_names_next(struct fsv_names *n, struct fsv_name *name);
/* Whether a name, escapes undone, is `plain`, byte for byte. */
int fsv_name_equals(const struct fsv_name *name, struct fsv_str plain);

/*
 * Did the caller name this path, and how? An operand goes first where several apply. The
 * mount-point operand counts as an operand here; that it is not a file to open is the helper's
 * policy.
 */
enum fsv_way fsv_named(int argc, const char *const *argv, struct fsv_str path);
/* Whether this text is one of the caller's words: an operand, or any value (relative ones too). */
int fsv_said(int argc, const char *const *argv, struct fsv_str text);

/* The command line as a whole. Indices are into argv; -1 where there is none. */
struct fsv_cmdline {
	int type;	/* the last -t's value */
	int source;	/* the first of two or more operands */
	int mountpoint; /* the last operand */
	int operands;	/* how many */
	int others;	/* words that are neither -t (a bare one either) nor its value */
	int only;	/* index of the single word where others == 1 */
	int bare_type;	/* 1 if a "-t" stands at the very end, without a value */
};
void fsv_cmdline_read(int argc, const char *const *argv, struct fsv_cmdline *c);

/*
 * The subtype in a -t value: Y of Y, fuse.Y or fuseblk.Y, made of letters, digits, `.`, `_`, `+`
 * and `-`, neither `.` nor `-` first, not empty, at most 100 characters (so that it fits a socket
 * address). FSV_R_NAME otherwise; then `*subtype` is untouched.
 */
FSV_MUST_USE enum fsv_reason fsv_subtype(struct fsv_str type, struct fsv_str *subtype);

#endif
