/** Tries of a fifth of a second until the registry must listen: twenty seconds. */
const tries = 100;

/** Registry that will read a configuration. */
export type Candidate =
  | { readonly binary: string }
  | { readonly engine: string; readonly image: string; readonly options: readonly string[] };

export interface Trial {
  /** The version that the configuration is for, as far as it matters: `2`, `2.8`. */
  readonly distribution: string;
  /** It opens a port for metrics, too. */
  readonly metrics: boolean;
  /** It asks another registry when it starts. */
  readonly network: boolean;
  /** More variables of the program's own, where it runs in no container. */
  readonly environment?: readonly string[];
}

/**
 * Returns a script that tests a configuration before it replaces the old one. A registry of its version is started
 * with it at a free port of loopback; the test passes once the registry logs that it listens.
 */
export function validateConfig(
  registry: Candidate,
  { distribution, metrics, network, environment = [] }: Trial,
): string {
  const variables = [
    'REGISTRY_HTTP_ADDR=127.0.0.1:0',
    // It has to say that it listens, however little it is to say otherwise.
    'REGISTRY_LOG_LEVEL=info',
    'REGISTRY_LOG_FORMATTER=text',
    ...(metrics ? ['REGISTRY_HTTP_DEBUG_ADDR=127.0.0.1:0'] : []),
    'OTEL_TRACES_EXPORTER=none',
    ...environment,
  ];
  const run = (options: readonly string[]) =>
    'binary' in registry ? '' : `${registry.engine} run --rm ${options.join(' ')} ${registry.image}`;
  const version = 'binary' in registry ? `${registry.binary} --version` : `${run(['--network none'])} --version`;
  const start =
    'binary' in registry
      ? `${variables.join(' ')} ${registry.binary} serve %s`
      : `${run([
          ...(network ? [] : ['--network none']),
          ...variables.map((variable) => `-e ${variable}`),
          '--mount type=bind,source=%s,target=/tmp/config.yml,readonly',
          ...registry.options,
        ])} serve /tmp/config.yml`;
  return `is=$(${version} 2>&1 | sed -n 's/.* v\\{0,1\\}\\([0-9][0-9.]*\\).*/\\1/p')
case "$is." in ${distribution}.* | .) ;; *) echo "the registry is distribution $is, and this is a configuration for ${distribution}: registry_distribution_version says which it is for" >&2; exit 1 ;; esac
log=$(mktemp) || exit; trap 'rm -f "$log"' EXIT
${start} >"$log" 2>&1 </dev/null &
pid=$! well= i=0
while [ $i -lt ${tries} ]; do
  if grep -q 'msg="listening on' "$log"; then well=1; break; fi
  kill -0 $pid 2>/dev/null || break
  sleep 0.2; i=$((i + 1))
done
kill $pid 2>/dev/null; wait $pid
# What it died of comes first; a trace of calls follows.
[ -n "$well" ] || {
  reasons='^panic:|level=(fatal|error)|^configuration error'
  if grep -qE "$reasons" "$log"; then grep -E "$reasons" "$log" | head -n 3; else tail -n 3 "$log"; fi >&2
  exit 1
}`;
}
