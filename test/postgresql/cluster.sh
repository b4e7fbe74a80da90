#!/bin/sh
# A private PostgreSQL server for tests: cluster.sh start|restart|stop DIR [setting=value ...].
# Data and socket are in DIR, nothing listens on the network. DIR must be reachable for other users
# when this runs as root, because the server refuses to be root and becomes `postgres`.
set -eu
what=$1 dir=$2
shift 2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "postgresql is not installed (tools/packages.txt)" >&2; exit 1; }

as_server() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups --no-new-privs "$@"
  else
    "$@"
  fi
}

stop() {
  if [ -f "$dir/data/postmaster.pid" ]; then
    as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
  fi
}

case $what in
start)
  stop
  rm -rf "$dir"
  mkdir -m 700 "$dir"
  if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$dir"; fi
  cd "$dir"
  as_server "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >/dev/null
  settings=""
  for setting in "listen_addresses=" "unix_socket_directories=$dir" "max_connections=60" "$@"; do
    settings="$settings -c $setting"
  done
  as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "$settings" start >/dev/null
  ;;
restart)
  cd "$dir"
  as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -m fast -w restart >/dev/null
  ;;
stop)
  stop
  rm -rf "$dir"
  ;;
*)
  echo "cluster.sh start|restart|stop DIR [setting=value ...]" >&2
  exit 2
  ;;
esac
