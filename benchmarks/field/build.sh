#!/usr/bin/env bash
# Builds what the side-by-side tables compare with, from the distribution's packages. Usage: build.sh OUTPUT_FOLDER
# Needs g++; each of the others is left out when it is missing, and the script says so:
#   Boost.Interprocess   libboost-dev
#   ZeroMQ               libzmq3-dev
#   iceoryx v1           libiceoryx-posh-dev libiceoryx-hoofs-dev iceoryx (for iox-roudi)
#   GStreamer            gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-bad (run as it is)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
flags=()
libraries=(-lpthread -lrt)
has() { printf '#include <%s>\n' "$1" | g++ -std=c++17 "${@:2}" -E -x c++ - > /dev/null 2>&1; }
if has boost/interprocess/ipc/message_queue.hpp; then flags+=(-DHAVE_BOOST); else echo "left out: Boost (libboost-dev)"; fi
if has zmq.h; then flags+=(-DHAVE_ZMQ); libraries+=(-lzmq); else echo "left out: ZeroMQ (libzmq3-dev)"; fi
include=$(ls -d /usr/include/iceoryx/v*/ 2> /dev/null | tail -n 1 || true)
if has iceoryx_posh/popo/publisher.hpp ${include:+-I"$include"}; then
    flags+=(-DHAVE_ICEORYX ${include:+-I"$include"})
    libraries+=(-liceoryx_posh -liceoryx_hoofs -liceoryx_platform)
else
    echo "left out: iceoryx (libiceoryx-posh-dev libiceoryx-hoofs-dev)"
fi
command -v gst-launch-1.0 > /dev/null || echo "left out: GStreamer (gstreamer1.0-tools and its plugins)"
g++ -std=c++17 -O2 -Wall -Wextra "${flags[@]}" -o "$1/field" "$here/field.cpp" "${libraries[@]}"
echo "built $1/field"
