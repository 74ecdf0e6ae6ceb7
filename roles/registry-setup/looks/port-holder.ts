import { type Sh, sh } from '../../../src/index.js';

/** Process, unit or container that listens at a port of a host. */
export interface PortHolder {
  /** Unit of systemd, `docker-registry.service`; empty: none. */
  readonly unit: string;
  /** Name of a container, or the start of its id; empty: none. */
  readonly container: string;
  /** Name of the process. */
  readonly process: string;
}

/** Container of docker that publishes the port, or would if it ran. */
export interface PublishingContainer {
  readonly name: string;
  readonly isRunning: boolean;
  /** True where this tool made it. */
  readonly isOurs: boolean;
  /** Folder of the host that it stores images in. */
  readonly storage: string;
}

const containerFormat = [
  '{{.Name}}',
  '{{.State.Running}}',
  '{{index .Config.Labels "provision.made-from"}}',
  '{{range .HostConfig.PortBindings}}{{range .}} {{.HostPort}}{{end}}{{end}}{{range .NetworkSettings.Ports}}{{range .}} {{.HostPort}}{{end}}{{end}} ',
  '{{range .Mounts}}{{if eq .Destination "/var/lib/registry" "/var/lib/registry/docker"}}{{.Source}}{{end}}{{end}}',
].join('{{"\\t"}}');

/**
 * Defines the shell function `holder PORT STATUS`, which prints who listens at a port: the process by its socket, its
 * unit and container by its control group. A port that docker publishes belongs to the container, and not to docker's
 * proxy; it may have none, so that docker is asked where something answers (STATUS is not 000) and nobody listens.
 */
export function defineHolder(asksDocker: boolean): Sh {
  return sh`holder() {
  hex=$(printf ':%04X,0A' "$1") proxied=
  inodes=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ address _ state _ _ _ _ _ inode _; do
    case $address,$state in *"$hex") printf ' %s' "$inode" ;; esac
  done)
  if [ -n "$inodes" ]; then
    base=$(sed -n -e 's/^[0-9]*:name=systemd://p' -e 's/^0:://p' /proc/1/cgroup 2>/dev/null | head -n 1)
    base=\${base%/init.scope} base=\${base%/}
    for pid in $(ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v inodes="$inodes " '
        /^\/proc\// { split($1, part, "/"); pid = part[3] }
        match($0, /socket:\[[0-9]+\]$/) && index(inodes, " " substr($0, RSTART + 8, RLENGTH - 9) " ") { print pid }' | sort -rnu); do
      group=$(sed -n -e 's/^[0-9]*:name=systemd://p' -e 's/^0:://p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
      group=\${group#"$base"}
      unit=$(printf '%s\n' "$group" | grep -oE '[^/]+\.service' | tail -n 1)
      id=$(printf '%s\n' "$group" | grep -oE '[0-9a-f]{64}' | tail -n 1) container=
      process=$(cat "/proc/$pid/comm" 2>/dev/null)
      if [ -n "$id" ]; then
        for engine in podman docker; do
          [ -n "$container" ] || ! command -v $engine >/dev/null 2>&1 || container=$($engine inspect --type container -f '{{.Name}}' "$id" 2>/dev/null)
        done
        container=\${container#/}
        [ -n "$container" ] || container=$(printf '%.12s' "$id")
      fi
      case $process in docker-proxy) proxied=yes ;; *) printf 'holder\t%s\t%s\t%s\n' "$unit" "$container" "$process" ;; esac
    done
  elif [ "$2" != 000 ]; then proxied=yes
  fi
  ${asksDocker ? sh`proxied=yes` : sh`:`}
  [ -z "$proxied" ] || ! command -v docker >/dev/null 2>&1 ||
    docker inspect -f ${containerFormat} $(docker ps -aq 2>/dev/null) 2>/dev/null | awk -F '\t' -v port="$1" 'index($4, " " port " ") { sub("^/", "", $1); print "container\t" $1 "\t" $2 "\t" $3 "\t" $5 }'
}`;
}

/** Reads what the function `holder` printed. Another process than the first of systemd counts, where there is one. */
export function parseHolder(stdout: string): {
  readonly holder: PortHolder | undefined;
  readonly containers: readonly PublishingContainer[];
} {
  const rows = stdout.split('\n').map((line) => line.split('\t'));
  const containers = rows.flatMap(([word, name = '', running, made = '', source = '']) =>
    word === 'container'
      ? [
          {
            name,
            isRunning: running === 'true',
            isOurs: made !== '' && made !== '<no value>',
            storage: source.replace(/\/docker$/, ''),
          },
        ]
      : [],
  );
  const holders = rows.flatMap(([word, unit = '', container = '', process = '']) =>
    word === 'holder' ? [{ unit, container, process }] : [],
  );
  const published = containers.find(({ isRunning }) => isRunning);
  return {
    holder:
      published === undefined
        ? (holders.find(({ unit, container }) => unit !== '' || container !== '') ?? holders[0])
        : { unit: 'docker.service', container: published.name, process: 'docker-proxy' },
    containers,
  };
}

/** Names a holder in a message. */
export function describeHolder(holder: PortHolder | undefined): string {
  if (holder === undefined) return 'something else';
  if (holder.container !== '') return `the container ${holder.container}`;
  return holder.unit !== '' ? holder.unit : `the process ${holder.process}`;
}
