#!/bin/bash
# Put this series on a machine where The Littlest JupyterHub is installed (https://tljh.jupyter.org). Run it as an admin:
#   sudo REPO=https://github.com/owner/name TAG=v1.0 bash setup.sh
# It can be run again, for instance with a newer tag.
set -euo pipefail
: "${REPO:?say where the series is published: REPO=https://github.com/owner/name}"
: "${TAG:?say which release: TAG=v1.0}"
USER_ENV=${USER_ENV:-/opt/tljh/user}
CONFIG=${CONFIG:-/opt/tljh/hub/bin/tljh-config}
MEMORY=${MEMORY:-1G} # a lesson takes about 0.3 GB; three may be open at once
CPU=${CPU:-1}

"$USER_ENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "The students' environment has a Python older than 3.11. Install a newer version of The Littlest JupyterHub." >&2
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --depth 1 --branch "$TAG" -- "$REPO" "$work/series"
sed -n 's/^ *- \([A-Za-z0-9_.-]*==[0-9][A-Za-z0-9.]*\)$/\1/p' "$work/series/environment.yml" > "$work/pins.txt"
# The exact versions that the tests passed on, the shared modules, and nbgitpuller for the links.
"$USER_ENV/bin/python" -m pip install --quiet -r "$work/pins.txt" nbgitpuller
"$USER_ENV/bin/python" -m pip install --quiet --no-deps "$work/series"
(cd / && "$USER_ENV/bin/python" -c 'from helpers import load; print(load())')

"$CONFIG" set user_environment.default_app jupyterlab
"$CONFIG" set limits.memory "$MEMORY"
"$CONFIG" set limits.cpu "$CPU"
"$CONFIG" set services.cull.timeout 3600
"$CONFIG" reload
