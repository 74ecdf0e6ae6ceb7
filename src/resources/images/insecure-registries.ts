import { type Sh, sh } from '../../sh.js';

/**
 * Script that sets `insecure`, with a blank around each, to the registries that docker (or podman, where there is no
 * docker) reaches by plain http or unverified. `networks` are those of docker's that are addresses of a network.
 */
export const insecureRegistries: Sh = sh`networks=
insecure=$(docker info -f '{{range $name, $index := .RegistryConfig.IndexConfigs}}{{if not $index.Secure}} {{$name}} {{end}}{{end}}{{range .RegistryConfig.InsecureRegistryCIDRs}} network:{{.}} {{end}}' 2>/dev/null)
for word in $insecure; do case $word in network:*) networks="$networks \${word#network:}" ;; esac; done
if ! command -v docker >/dev/null 2>&1; then
  insecure=" $(cat /etc/containers/registries.conf /etc/containers/registries.conf.d/*.conf 2>/dev/null | awk '
    /^ *\[\[registry\]\]/ { at = ""; open = 0 }
    /^ *(location|prefix) *=/ { name = $0; sub(/^[^=]*= */, "", name); gsub(/["\047 ]/, "", name); at = name }
    /^ *insecure *= *true/ { open = 1 }
    open && at != "" { print at; at = "" }' | tr '\n' ' ')"
fi`;

/**
 * Defines the shell function `is_insecure REGISTRY`, for what {@link insecureRegistries} has set: by name, on loopback,
 * or by an address in one of docker's networks. As docker does, it looks a name up.
 */
export const isInsecure: Sh = sh`number_of() { echo "$1" | { IFS=. read -r a b c d; echo $(((a << 24) + (b << 16) + (c << 8) + d)); }; }
in_networks() {
  [ -n "$networks" ] || return 1
  name=\${1%:*}
  case $name in
  *[!0-9.]*) addresses=$(getent ahostsv4 "$name" 2>/dev/null | while read -r found _; do echo "$found"; done | sort -u) ;;
  *) addresses=$name ;;
  esac
  for address in $addresses; do
    for network in $networks; do
      case $network in *:* | 127.0.0.0/8) continue ;; *.*.*.*/*) ;; *) continue ;; esac
      bits=$((32 - \${network#*/}))
      [ $(($(number_of "$address") >> bits)) -ne $(($(number_of "\${network%/*}") >> bits)) ] || return 0
    done
  done
  return 1
}
is_insecure() {
  case $1 in localhost | localhost:* | 127.*) return 0 ;; esac
  case $insecure in *" $1 "*) return 0 ;; esac
  in_networks "$1"
}`;
