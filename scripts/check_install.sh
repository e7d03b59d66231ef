#!/bin/bash
# Installs into a scratch place and builds, both ways, a program that has nothing but what was installed.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0

verdict() { # name status
	if [[ $2 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	echo "check_install: $1: $([[ $2 == 0 ]] && echo ok || echo FAILED)"
}

# The quiet part is shown only when it fails.
quietly() { "$@" >"$place/log" 2>&1 || { cat "$place/log"; return 1; }; }

install_all() {
	quietly cmake -S "$root" -B "$place/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$place/usr" &&
		quietly cmake --build "$place/build" && quietly cmake --install "$place/build"
}

write_consumer() {
	mkdir -p "$place/consumer"
	cat >"$place/consumer/main.c" <<'C'
#include <ble/ble.h>
/* A name that the library uses inside; ours wins here and does not disturb it. */
int hci_send(int x) { return x; }
int main(void) { return ble_strerror(BLE_EINVAL)[0] == 0 || hci_send(0); }
C
	cat >"$place/consumer/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.20)
project(consumer C)
find_package(glint REQUIRED)
add_executable(consumer main.c)
target_link_libraries(consumer glint::glint)
add_executable(both main.c)
target_link_libraries(both glint::glint glint::ll)
C
}

by_cmake() {
	quietly cmake -S "$place/consumer" -B "$place/consumer/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/usr" &&
		quietly cmake --build "$place/consumer/build" &&
		"$place/consumer/build/consumer" && "$place/consumer/build/both"
}

by_pkg_config() {
	local pc
	pc=$(dirname "$(find "$place/usr" -name glint.pc)")
	# shellcheck disable=SC2046
	quietly gcc "$place/consumer/main.c" $(PKG_CONFIG_PATH=$pc pkg-config --static --cflags --libs glint) \
		-Wl,--fatal-warnings -o "$place/by_pkg_config" && "$place/by_pkg_config"
}

# Only ble_ names are visible outside.
only_public_names() {
	local bad
	bad=$(find "$place/usr" -name 'libglint*.a' -exec nm -g --defined-only {} + 2>/dev/null |
		awk 'NF == 3 && $3 !~ /^ble_/ { print $3 }')
	[[ -z $bad ]] || { echo "names that should be local: $bad"; return 1; }
}

if [[ ! -f include/ble/ble.h ]] || ! compgen -G 'src/module/*.c' >/dev/null; then
	echo "check_install: skipped: the module (include/ble/ble.h, src/module) does not exist yet"
	echo "0 passed, 0 failed"
	exit 0
fi
status=0; install_all || status=1; verdict "install" $status
write_consumer
status=0; by_cmake || status=1; verdict "find_package(glint)" $status
status=0; by_pkg_config || status=1; verdict "pkg-config glint" $status
status=0; only_public_names || status=1; verdict "only ble_ names visible" $status
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
