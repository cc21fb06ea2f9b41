#!/bin/sh
# Prints the path of a Python that can build the virtual environment, or says what to install.
# Every candidate is run and not only looked up: version managers leave commands that exist and fail.
# PYTHON, when set, is the only candidate.
set -u

probe='
import sys
print(getattr(sys, "_base_executable", None) or sys.executable)
print("%d.%d.%d" % tuple(sys.version_info[:3]))
if sys.version_info < (3, 11):
    sys.exit(3)
try:
    import ensurepip, venv
except ImportError:
    sys.exit(4)
'

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.14 python3.13 python3.12 python3.11 python3 python
fi

tried=""
without_venv=""
for name in "$@"; do
    if ! command -v "$name" >/dev/null 2>&1; then
        [ -z "${PYTHON:-}" ] || tried="$tried, $name does not exist"
        continue
    fi
    answer=$("$name" -c "$probe" 2>/dev/null)
    status=$?
    path=$(printf '%s\n' "$answer" | sed -n 1p)
    version=$(printf '%s\n' "$answer" | sed -n 2p)
    case $status in
        0) printf '%s\n' "$path" && exit 0 ;;
        3) tried="$tried, $name is $version" ;;
        4) without_venv="${without_venv:-$path (Python $version)}" ;;
        *) tried="$tried, $name does not run" ;;
    esac
done

if [ -n "$without_venv" ]; then
    echo "$without_venv lacks the venv module. Install it, on Debian and Ubuntu with: apt-get install python3-venv" >&2
else
    echo "Python 3.11 or newer is needed and was not found (${tried#, })." | sed 's/ ()\././' >&2
    echo "Debian, Ubuntu: apt-get install python3 python3-venv. macOS: brew install python." >&2
    echo "If it is somewhere else, name it: make PYTHON=/path/to/python3" >&2
fi
exit 1
