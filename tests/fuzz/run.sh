#!/usr/bin/env bash
# Fuzzes one target for some seconds: ./run.sh TARGET SECONDS [libFuzzer options]
set -euo pipefail
cd "$(dirname "$0")"

target=${1:?which target: container, manifest, dex, native, script, disclosure, policy or observe}
seconds=${2:?for how many seconds}
shift 2

fixtures=../../fixtures
case $target in
    container) longest=65536; seeds=$(find $fixtures -name '*.apk' -o -name '*.apks' -o -name '*.xapk' -o -name '*.apkm' \
        -o -name '*.aab' -o -name '*.dex') ;;
    manifest) longest=16384; seeds=$(find $fixtures/manifest -name '*.axml' -o -name '*.pb' -o -name '*.arsc' \
        -o -name '*.xml') ;;
    dex) longest=8192; seeds=$(find $fixtures -name '*.dex') ;;
    native) longest=8192; seeds=$(find $fixtures -name '*.so') ;;
    script) longest=8192; seeds=$(find $fixtures/script -name '*.js' -o -name '*.html' -o -name '*.bundle') ;;
    disclosure) longest=8192; seeds=$(find ../../disclosures -name '*.toml') ;;
    policy) longest=8192; seeds=$(find $fixtures/policies -name '*.txt' -o -name '*.md' -o -name '*.html') ;;
    observe) longest=32768; seeds=$(find $fixtures -name '*.apk' -o -name '*.aab' -o -name '*.dex') ;;
    *) echo "no target $target" >&2; exit 2 ;;
esac

host=$(rustc -vV | sed -n 's/^host: //p')
# What `cargo fuzz` would set, for a stable toolchain. A target triple keeps it out of build scripts.
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1 ${FUZZ_RUSTFLAGS:-}"
cargo build --release --quiet --target "$host" --bin "$target"

mkdir -p "corpus/$target" "artifacts/$target"
for seed in $seeds; do
    cp "$seed" "corpus/$target/seed-$(sha256sum "$seed" | cut -c 1-16)"
done
# One thread, so that the order in which code is covered says something.
export RAYON_NUM_THREADS=1
exec "target/$host/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" \
    -max_len="$longest" -timeout=10 -rss_limit_mb=256 -print_final_stats=1 "$@"
