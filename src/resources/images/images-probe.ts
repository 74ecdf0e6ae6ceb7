import type { Reply } from '../../model/resource.js';
import { type Sh, sh } from '../../sh.js';
import { bareRegistry, type ImagesParams } from './images-params.js';
import { insecureRegistries, isInsecure } from './insecure-registries.js';
import { ownNames } from './own-names.js';

/** Tools that a host can move images with, and the registries that it trusts. */
export interface ImagesProbe {
  /** Version of curl: `7.88.1`. Undefined where there is none. */
  readonly curl: string | undefined;
  /** Registries among the two that are the host's own: no proxy is asked for them. */
  readonly own: readonly string[];
  /** Insecure registries of docker, or of podman where there is no docker. */
  readonly insecure: readonly string[];
  /** Authorities below /etc/docker/certs.d and /etc/containers/certs.d, by registry. */
  readonly authorities: ReadonlyMap<string, string>;
  /** First file of each. */
  readonly authorityFiles: ReadonlyMap<string, string>;
}

/** Returns the script that reads an {@link ImagesProbe}. It takes `$insecure` from a script before it, if that has set it. */
export function probeImages({ from, to }: Pick<ImagesParams, 'from' | 'to'>): Sh {
  return sh`curl --version 2>/dev/null | sed -n '1s/^curl \([0-9.]*\).*/curl \1/p'
[ -n "$insecure" ] || {
${insecureRegistries}
}
for registry in $insecure; do case $registry in network:*) ;; *) echo "insecure $registry" ;; esac; done
${isInsecure}
${ownNames}
for registry in ${bareRegistry(from)} ${bareRegistry(to)}; do
  ! in_networks "$registry" || echo "insecure $registry"
  ! is_own "$registry" || echo "own $registry"
  for folder in /etc/docker/certs.d /etc/containers/certs.d; do
    [ -f "$folder/$registry/ca.crt" ] && { echo "authority $registry $folder/$registry/ca.crt"; cat "$folder/$registry/ca.crt"; echo end; }
  done
done
:`;
}

/** Reads what {@link probeImages} printed. */
export function parseImagesProbe({ stdout }: Reply): ImagesProbe {
  const authorities = new Map<string, string>();
  const authorityFiles = new Map<string, string>();
  for (const [, registry = '', path = '', pem = ''] of stdout.matchAll(
    /^authority (\S+) (\S+)\n((?:(?!authority |end$).*\n)*)end$/gm,
  )) {
    if (!authorityFiles.has(registry)) authorityFiles.set(registry, path);
    authorities.set(registry, `${authorities.get(registry) ?? ''}${pem}`);
  }
  return {
    curl: /^curl ([0-9.]+)$/m.exec(stdout)?.[1],
    own: [...stdout.matchAll(/^own (\S+)$/gm)].map(([, name = '']) => name),
    insecure: [...stdout.matchAll(/^insecure (\S+)$/gm)].map(([, name = '']) => name),
    authorities,
    authorityFiles,
  };
}
