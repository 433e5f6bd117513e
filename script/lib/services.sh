# Sourced by script/test and script/bench: PostgreSQL, Redis and Chromium, found or installed, on free ports.
#
# start_services exports TEST_POSTGRES_URL, TEST_REDIS_URL and CHROMIUM_PATH for what can be had, and names the rest in
# SERVICES_MISSING; stop_services ends what was started. Each server keeps its data in one temporary folder, and nothing
# is done with a server before it has shown that it is ours.
# shellcheck shell=bash

SERVICES_MISSING=()
SERVICES_DIR=""
PG_BIN=""
REDIS_PID=""

# Debian's packages: as root, or on a CI machine through a sudo that asks nothing.
apt_prefix() {
  command -v apt-get >/dev/null 2>&1 || return 1
  if [ "$(id -u)" = 0 ]; then
    return 0
  fi
  [ "${CI:-}" = true ] && sudo -n true 2>/dev/null && printf 'sudo -n'
}

APT_UPDATED=""
apt_install() {
  local prefix log
  prefix=$(apt_prefix) || return 1
  log=$SERVICES_DIR/apt.log
  say "安装系统软件包 $*" "Installing packages: $*"
  if [ -z "$APT_UPDATED" ]; then
    $prefix env DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 || true
    APT_UPDATED=yes
  fi
  # RUNLEVEL=1 keeps a package from starting its server on the standard port where no init system runs.
  $prefix env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 </dev/null || { tail -n 5 "$log" >&2; return 1; }
}

missing() {
  SERVICES_MISSING+=("$1: $2")
  say "没有 $1（$2），相关测试将按名跳过" "No $1 ($2): its tests are skipped by name"
}

free_port() {
  "$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

secret() { "$PY" -c 'import secrets; print(secrets.token_hex(16))'; }

start_services() {
  local name
  SERVICES_DIR=$(mktemp -d "${TMPDIR:-/tmp}/opscenter-test.XXXXXX")
  chmod 711 "$SERVICES_DIR"
  for name in "$@"; do "start_$name"; done
}

stop_services() {
  [ -n "$SERVICES_DIR" ] || return 0
  if [ -s "$SERVICES_DIR/pg/postmaster.pid" ]; then
    as_postgres "$PG_BIN/pg_ctl" -D "$SERVICES_DIR/pg" -m immediate -w -t 20 stop >/dev/null 2>&1 || true
  fi
  if [ -n "$REDIS_PID" ]; then
    kill "$REDIS_PID" 2>/dev/null || true
    wait "$REDIS_PID" 2>/dev/null || true
  fi
  rm -rf "$SERVICES_DIR"
  SERVICES_DIR=""
  REDIS_PID=""
}

# --- PostgreSQL -----------------------------------------------------------------------------------------------------
# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

find_postgres() {
  local folder
  # The highest version that can make a cluster; a client alone has no initdb.
  while IFS= read -r folder; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      PG_BIN=$folder
      return 0
    fi
  done < <(
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5nr
    for folder in $(command -v initdb || true); do dirname "$folder"; done
    printf '%s\n' /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin
  )
  return 1
}

start_postgres() {
  local port password attempt data=$SERVICES_DIR/pg durable=off
  if [ -n "${TEST_POSTGRES_URL:-}" ]; then
    say "使用 TEST_POSTGRES_URL" "Using TEST_POSTGRES_URL from the environment"
    return 0
  fi
  find_postgres || { apt_install postgresql && find_postgres; } || { missing PostgreSQL "not installed"; return 0; }
  if [ "$(id -u)" = 0 ] && ! { id postgres && command -v runuser; } >/dev/null 2>&1; then
    missing PostgreSQL "it cannot run as root and there is no user postgres"
    return 0
  fi
  # The long runs prove what survives a crash; the fast suite does not need a disk.
  [ "${SERVICES_DURABLE:-}" = yes ] && durable=on
  password=$(secret)
  (umask 077 && mkdir "$data" && printf '%s\n' "$password" >"$SERVICES_DIR/pg.password")
  [ "$(id -u)" != 0 ] || chown postgres "$data" "$SERVICES_DIR/pg.password"
  if ! as_postgres "$PG_BIN/initdb" -D "$data" -U postgres -A scram-sha-256 --pwfile="$SERVICES_DIR/pg.password" \
    --data-checksums -E UTF8 --locale=C --no-sync >"$SERVICES_DIR/initdb.log" 2>&1; then
    tail -n 5 "$SERVICES_DIR/initdb.log" >&2
    missing PostgreSQL "initdb failed"
    return 0
  fi
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_postgres "$PG_BIN/pg_ctl" -D "$data" -w -t 30 -s -l "$data/server.log" -o "-p $port \
      -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100 -c timezone=UTC \
      -c fsync=$durable -c synchronous_commit=$durable -c full_page_writes=$durable" start >/dev/null 2>&1; then
      if check_postgres "$port" "$password" "$data"; then
        export TEST_POSTGRES_URL="postgres://postgres:$password@127.0.0.1:$port/opscenter"
        return 0
      fi
      as_postgres "$PG_BIN/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    say "PostgreSQL 第 $attempt 次启动失败" "PostgreSQL did not start (attempt $attempt)"
  done
  tail -n 5 "$data/server.log" >&2 || true
  missing PostgreSQL "did not start"
}

# Another server may have taken the port: only the one with our folder gets the database.
check_postgres() {
  "$PY" - "$@" <<'PYTHON'
import os
import sys

import psycopg2

port, password, folder = sys.argv[1:]
connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", password=password, dbname="postgres")
connection.autocommit = True
with connection.cursor() as cursor:
    cursor.execute("show data_directory")
    shown = cursor.fetchone()[0]
    if os.path.realpath(shown) != os.path.realpath(folder):
        sys.exit(f"port {port} answers for {shown}")
    cursor.execute("create database opscenter")
PYTHON
}

# --- Redis ----------------------------------------------------------------------------------------------------------
start_redis() {
  local server port password attempt data=$SERVICES_DIR/redis
  if [ -n "${TEST_REDIS_URL:-}" ]; then
    say "使用 TEST_REDIS_URL" "Using TEST_REDIS_URL from the environment"
    return 0
  fi
  server=$(command -v redis-server || command -v valkey-server || true)
  if [ -z "$server" ]; then
    apt_install redis-server && server=$(command -v redis-server) || { missing Redis "not installed"; return 0; }
  fi
  password=$(secret)
  (umask 077 && mkdir "$data")
  for attempt in 1 2 3; do
    port=$(free_port)
    (umask 077 && printf '%s\n' "bind 127.0.0.1" "port $port" "requirepass $password" "dir $data" 'save ""' \
      "appendonly no" "maxmemory-policy noeviction" "daemonize no" "logfile $data/server.log" >"$data/redis.conf")
    "$server" "$data/redis.conf" >/dev/null 2>&1 </dev/null &
    REDIS_PID=$!
    if "$PY" - "$port" "$password" "$data" <<'PYTHON'
import os
import sys
import time

import redis

port, password, folder = sys.argv[1:]
client = redis.Redis(port=int(port), password=password, socket_connect_timeout=1)
for _ in range(50):
    try:
        shown = client.config_get("dir")["dir"]
        sys.exit(os.path.realpath(shown) != os.path.realpath(folder))
    except (redis.ConnectionError, redis.TimeoutError):
        time.sleep(0.1)
    except redis.RedisError as error:
        sys.exit(f"port {port} is not ours: {error}")
sys.exit(1)
PYTHON
    then
      export TEST_REDIS_URL="redis://:$password@127.0.0.1:$port/0"
      return 0
    fi
    kill "$REDIS_PID" 2>/dev/null || true
    REDIS_PID=""
    say "Redis 第 $attempt 次启动失败" "Redis did not start (attempt $attempt)"
  done
  missing Redis "did not start"
}

# --- Chromium -------------------------------------------------------------------------------------------------------
find_chromium() {
  local candidate
  # Asked for its version, because a distribution's stub may be there without the browser.
  for candidate in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
      CHROMIUM_PATH=$(command -v "$candidate")
      export CHROMIUM_PATH
      return 0
    fi
  done
  unset CHROMIUM_PATH
  return 1
}

start_chromium() {
  local fonts
  find_chromium || { apt_install chromium && find_chromium; } || { missing Chromium "not installed"; return 0; }
  fonts=$(fc-list :lang=zh family 2>/dev/null || true)
  if [ -z "$fonts" ] && ! apt_install fonts-noto-cjk; then
    say "没有中文字体，页面截图会显示方框" "No Chinese font: screenshots show boxes"
  fi
}
