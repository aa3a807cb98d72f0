#!/usr/bin/env bash
# Builds what is older than its source. Needs g++. Usage: build.sh OUTPUT_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
for name in baseline calls codata; do
    if [ ! "$1/$name" -nt "$here/$name.cpp" ]; then
        g++ -std=c++17 -O2 -Wall -Wextra -o "$1/$name" "$here/$name.cpp"
    fi
done
