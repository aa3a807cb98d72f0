#!/usr/bin/env bash
# Builds the C++ baseline. Needs g++. Usage: build.sh OUTPUT_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
g++ -std=c++17 -O2 -Wall -Wextra -o "$1/baseline" "$here/baseline.cpp"
g++ -std=c++17 -O2 -Wall -Wextra -o "$1/calls" "$here/calls.cpp"
