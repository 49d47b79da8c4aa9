# Sourced by the scripts here, in the repository's root: sets `python` to one that has the peers.
# MORU_PEERS_VENV names a virtual environment that has them already.

requirements=Benchmarks/peers/requirements.txt
environment=${MORU_PEERS_VENV:-$PWD/.venv-peers}

scripts/setup python3-venv g++ # torch.compile writes C++
if [ -z "${MORU_PEERS_VENV:-}" ] && ! cmp -s "$requirements" "$environment/installed.txt"; then
  echo "Installing the peers into $environment: some gigabytes, some minutes." >&2
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement "$requirements"
  cp "$requirements" "$environment/installed.txt"
fi
python=$environment/bin/python
[ -x "$python" ] || {
  echo "$0: there is no Python in $environment; see MORU_PEERS_VENV" >&2
  exit 1
}
