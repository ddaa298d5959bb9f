#!/bin/bash -eu
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want them: with the compiler, the flags and
# the engine of the environment, into $OUT, each with its seeds, dictionary and options.
# tests/package/test_oss_fuzz.py runs this.

cd "$SRC/fuse-service"
build=$WORK/build
# The flags carry the sanitizer; meson is told only not to mind that symbols are missing.
meson setup "$build" . --buildtype=plain -Dfuzzing=true -Dserver=disabled \
	-Dstatic-helper=disabled -Db_lundef=false "-Dfuzz-engine=$LIB_FUZZING_ENGINE" -Dwerror=false
mapfile -t targets < <(meson introspect --targets "$build" | python3 -c '
import json, sys
skipped = ("fuzz_empty", "fuzz_packet_plain")
for target in json.load(sys.stdin):
    name = target["name"]
    if name.startswith("fuzz_") and "negative" not in name and name not in skipped:
        print(name)
')
ninja -C "$build" "${targets[@]/#/fuzz/}"
for target in "${targets[@]}"; do
	name=${target#fuzz_}
	cp "$build/fuzz/$target" "$OUT/$target"
	inputs=("fuzz/seeds/$name")
	[ ! -d "fuzz/regress/$name" ] || inputs+=("fuzz/regress/$name")
	for folder in "${inputs[@]}"; do
		(cd "$folder" && zip --quiet --recurse-paths "$OUT/${target}_seed_corpus.zip" .)
	done
	# Options name the dictionary as it lies beside them.
	cp "fuzz/$name.options" "$OUT/$target.options"
done
cp fuzz/tokens.dict "$OUT"
