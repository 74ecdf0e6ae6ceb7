/** Seconds that the registry is given to find fault with a configuration; one that is well goes on running. */
const seconds = 2;

/** How a configuration is tried out before it takes the place of the old one: a registry that is started with it, at no port. */
export function validateConfig(
  registry: { readonly binary: string } | { readonly image: string; readonly mounts: readonly string[] },
): string {
  const start =
    'binary' in registry
      ? `REGISTRY_HTTP_ADDR=127.0.0.1:0 timeout ${seconds} ${registry.binary} serve %s`
      : `timeout ${seconds} docker run --rm --network none -e REGISTRY_HTTP_ADDR=127.0.0.1:0 --mount type=bind,source=%s,target=/tmp/config.yml,readonly ${registry.mounts.map((mount) => `--mount ${mount}`).join(' ')} ${registry.image} serve /tmp/config.yml`;
  return `said=$(${start} 2>&1); [ $? = 124 ] || { echo "$said" | tail -n 3 >&2; exit 1; }`;
}
