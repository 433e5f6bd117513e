# Sourced by the commands in script/: the repository root, messages, Python and the virtual environment.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT" || exit 1
VENV=$ROOT/.venv
PY=$VENV/bin/python
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# say 中文 English — one line, both languages.
say() { printf '%s · %s\n' "$1" "$2"; }
die() { say "错误：$1" "Error: $2" >&2; exit "${3:-1}"; }

# A Python that is new enough *and* can make an environment (Debian splits venv off into its own package; a
# version manager's shim may exist without the version behind it, so each candidate is run, not only looked up).
find_python() {
  local candidate found_without_venv=""
  for candidate in python3.13 python3.12 python3.11 python3; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then
      command -v "$candidate"
      return 0
    fi
    found_without_venv=$candidate
  done
  if [ -n "$found_without_venv" ]; then
    die "$found_without_venv 缺少 venv 模块；Debian/Ubuntu 请安装 python3-venv" \
      "$found_without_venv has no venv module; on Debian/Ubuntu install python3-venv"
  fi
  die "需要 Python 3.11 或更高版本（已查找 python3.13、3.12、3.11、python3）" \
    "Python 3.11 or newer is needed (looked for python3.13, 3.12, 3.11, python3)"
}

# ensure_venv requirements.txt|requirements-dev.txt — creates .venv and installs, unless a stamp says that exactly
# these files are installed for this Python already. The stamp is written last: a broken-off run installs again.
ensure_venv() {
  local wanted=$1 key python
  if ! "$PY" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$(find_python) || exit 1
    say "创建虚拟环境 .venv" "Creating .venv ($("$python" -V))"
    "$python" -m venv --clear "$VENV" || die "无法创建 .venv" "cannot create .venv"
  fi
  key=$(stamp_key "$wanted")
  [ "$(cat "$VENV/.installed-$wanted" 2>/dev/null)" = "$key" ] && return 0
  say "安装依赖 $wanted（首次约半分钟）" "Installing $wanted (first time: about half a minute)"
  "$PY" -m pip install --quiet --no-cache-dir --retries 5 -r "$wanted" \
    || die "依赖安装失败，见上文" "installing failed, see above"
  printf '%s\n' "$key" >"$VENV/.installed-$wanted"
  if [ "$wanted" = requirements-dev.txt ]; then
    stamp_key requirements.txt >"$VENV/.installed-requirements.txt"
  fi
}

# The digest of the requirement files that belong together, with the Python version.
stamp_key() {
  "$PY" - "$1" <<'PYTHON'
import hashlib
import pathlib
import sys

names = {"requirements.txt": ["constraints.txt", "requirements.txt"]}
names["requirements-dev.txt"] = [*names["requirements.txt"], "requirements-dev.txt"]
digest = hashlib.sha256(sys.version.encode())
for name in names[sys.argv[1]]:
    digest.update(pathlib.Path(name).read_bytes())
print(digest.hexdigest())
PYTHON
}
