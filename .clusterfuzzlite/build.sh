#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
exec "$SRC/fuse-service/packaging/oss-fuzz/build.sh"
