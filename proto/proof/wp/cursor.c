/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The cursor keeps its contracts. */
#include "contracts.h"
