/** Tries of a fifth of a second until the registry must listen: twenty seconds. */
const tries = 100;

/**
 * How a configuration is tried out before it takes the place of the old one: a registry is started with it, at a free
 * port of loopback. It is well when the registry says that it listens, and only then.
 */
export function validateConfig(
  registry:
    | { readonly binary: string }
    | { readonly engine: string; readonly image: string; readonly mounts: readonly string[] },
): string {
  const start =
    'binary' in registry
      ? `REGISTRY_HTTP_ADDR=127.0.0.1:0 ${registry.binary} serve %s`
      : `${registry.engine} run --rm --network none -e REGISTRY_HTTP_ADDR=127.0.0.1:0 --mount type=bind,source=%s,target=/tmp/config.yml,readonly ${registry.mounts.map((mount) => `--mount ${mount}`).join(' ')} ${registry.image} serve /tmp/config.yml`;
  return `log=$(mktemp) || exit; trap 'rm -f "$log"' EXIT
${start} >"$log" 2>&1 </dev/null &
pid=$! well= i=0
while [ $i -lt ${tries} ]; do
  if grep -q 'msg="listening on' "$log"; then well=1; break; fi
  kill -0 $pid 2>/dev/null || break
  sleep 0.2; i=$((i + 1))
done
kill $pid 2>/dev/null; wait $pid
[ -n "$well" ] || { tail -n 3 "$log" >&2; exit 1; }`;
}
