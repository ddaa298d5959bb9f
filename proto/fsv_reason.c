/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_reason.h"

const char *fsv_reason_name(enum fsv_reason reason)
{
	switch (reason) {
	case FSV_OK: return "ok";
	case FSV_R_SHORT: return "short";
	case FSV_R_OVERSIZE: return "oversize";
	case FSV_R_TRAILING: return "trailing";
	case FSV_R_MAGIC: return "magic";
	case FSV_R_DIRECTION: return "direction";
	case FSV_R_PADDING: return "padding";
	case FSV_R_FLAGS: return "flags";
	case FSV_R_ERRNO: return "errno";
	case FSV_R_FORMAT: return "format";
	case FSV_R_VERSION: return "version";
	case FSV_R_BLOCK_SIZE: return "block-size";
	case FSV_R_EMPTY: return "empty";
	case FSV_R_UNTERMINATED: return "unterminated";
	case FSV_R_INNER_NUL: return "inner-nul";
	case FSV_R_RANGE: return "range";
	case FSV_R_NO_SPACE: return "no-space";
	case FSV_R_ORDER: return "order";
	case FSV_R_REPEATED: return "repeated";
	case FSV_R_LATE: return "late";
	case FSV_R_MISSING: return "missing";
	case FSV_R_UNKNOWN: return "unknown";
	case FSV_R_VALUE: return "value";
	case FSV_R_NUMBER: return "number";
	case FSV_R_NAME: return "name";
	case FSV_REASONS: break;
	}
	return "?";
}
