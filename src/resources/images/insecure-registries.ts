import { type Sh, sh } from '../../sh.js';

/**
 * Script that sets `insecure`, with a blank around each, to the registries that docker (or podman, where there is no
 * docker) reaches by plain http or unverified.
 */
export const insecureRegistries: Sh = sh`insecure=$(docker info -f '{{range $name, $index := .RegistryConfig.IndexConfigs}}{{if not $index.Secure}} {{$name}} {{end}}{{end}}' 2>/dev/null)
if ! command -v docker >/dev/null 2>&1; then
  insecure=" $(cat /etc/containers/registries.conf /etc/containers/registries.conf.d/*.conf 2>/dev/null | awk '
    /^ *\[\[registry\]\]/ { at = ""; open = 0 }
    /^ *(location|prefix) *=/ { name = $0; sub(/^[^=]*= */, "", name); gsub(/["\047 ]/, "", name); at = name }
    /^ *insecure *= *true/ { open = 1 }
    open && at != "" { print at; at = "" }' | tr '\n' ' ')"
fi`;
