import type { HostContext, Reply } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { type PathState, parsePath } from '../path/path-state.js';
import { probePath } from '../path/probe-path.js';

/** State of a certificate and its key on a host. */
export interface PairProbe {
  readonly certificate: PathState;
  readonly key: PathState;
  /** Print of the key (see `keyPrint`); undefined where there is none that could be read. */
  readonly keyPrint: string | undefined;
}

export interface PairPaths {
  readonly certificate: string;
  readonly key: string;
  readonly owner: string;
  readonly group: string;
}

/**
 * Returns the script that looks at both. The private key stays on the host: only the digest of its public half is
 * printed.
 */
export function probePair({ certificate, key, owner, group }: PairPaths, host: HostContext): Sh {
  const { root } = host;
  return joinSh([
    probePath(host.at(certificate), { root, owner, group, content: true }),
    sh`echo ==`,
    probePath(host.at(key), { root, owner, group }),
    printKey(host.at(key)),
  ]);
}

/**
 * Prints the digest of the public half of a private key. It lies at the end for a curve (PKCS #8, SEC 1). For RSA,
 * the modulus lies behind headers of a fixed length from 2048 bits on (PKCS #8: 38 bytes, PKCS #1: 12).
 */
function printKey(path: string): Sh {
  return sh`key=${path}
if [ -f "$key" ] && [ -r "$key" ]; then
  der() { sed -n '/^-----BEGIN [A-Z ]*PRIVATE KEY-----/,/^-----END/{/^-----/!p;}' "$key" | base64 -d 2>/dev/null; }
  size=$(der | wc -c); from=39; ! grep -q '^-----BEGIN RSA' "$key" || from=13
  if [ "$size" -lt 150 ]; then print=$(der | tail -c 65 | sha256sum)
  elif [ "$size" -lt 200 ]; then print=$(der | tail -c 97 | sha256sum)
  else
    if [ "$size" -lt 1400 ]; then modulus=256; elif [ "$size" -lt 2100 ]; then modulus=384; else modulus=512; fi
    print=$(der | tail -c +$from | head -c $modulus | sha256sum)
  fi
  printf 'print %s\n' "\${print%% *}"
fi`;
}

export function parsePair(reply: Reply, { certificate, key }: PairPaths, host: HostContext): PairProbe {
  const [first = '', second = ''] = reply.stdout.split('\n==\n');
  return {
    certificate: parsePath({ ...reply, stdout: first }, host.at(certificate)),
    key: parsePath({ ...reply, stdout: second }, host.at(key)),
    keyPrint: /^print ([0-9a-f]{64})$/m.exec(second)?.[1],
  };
}
