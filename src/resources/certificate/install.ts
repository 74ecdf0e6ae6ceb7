import { createHash } from 'node:crypto';
import type { HostContext } from '../../model/resource.js';
import { joinSh, type Sh, sh } from '../../sh.js';
import { keepOld } from '../content/replace-file.js';
import { endedBySignals, temporaryBeside } from '../content/temporary-beside.js';
import { setAttributes } from '../path/attributes.js';
import type { PairPaths, PairProbe } from './probe.js';

export interface Installation extends PairPaths {
  readonly state: PairProbe;
  readonly keyMode: string;
  /** PEM. */
  readonly certificatePem: string;
  /** PEM; undefined where the host's own key stays. */
  readonly keyPem: string | undefined;
  /** Keeps what was there, as `path.2026-01-31T235959Z.bak`. */
  readonly backup: boolean;
}

/**
 * Installs a certificate, with a new key where there is one; both come on standard input. There is never a
 * certificate beside another's key: both new files are written in full first. Then the old certificate is deleted,
 * the key takes its place, and the new certificate its own. A run that dies in between leaves a key without a
 * certificate, which the next run repairs. A renewed certificate keeps its key, and takes the old one's place in one
 * step.
 */
export function installPair(wanted: Installation, host: HostContext): { readonly script: Sh; readonly stdin: string } {
  const { state, owner, group, keyMode, certificatePem, keyPem, backup } = wanted;
  const stdin = `${keyPem ?? ''}${certificatePem}`;
  const sum = createHash('sha256').update(stdin).digest('hex');
  const attributes = (word: Sh, mode: string) =>
    setAttributes(word, state.certificate, { owner, group, mode }, host.root);
  const script = joinSh([
    sh`(
LC_ALL=C; export LC_ALL; umask 077
certificate=${state.certificate.real} key=${state.key.real}; all= newkey= newcertificate= kept=
trap 'rm -f "$all" "$newkey" "$newcertificate" 2>/dev/null' EXIT`,
    endedBySignals,
    temporaryBeside,
    sh`for path in "$certificate" "$key"; do`,
    host.root === '' ? sh`:` : sh`mkdir -p "\${path%/*}" || exit`,
    sh`[ -d "\${path%/*}" ] || { echo "the folder \${path%/*} does not exist" >&2; exit 1; }
clear_beside "$path"
done
all=$(beside "$key") && cat >"$all" || exit
sum=$(sha256sum <"$all") || exit
[ "\${sum%% *}" = ${sum} ] || { echo "only a part arrived; nothing was changed" >&2; exit 1; }
newcertificate=$(beside "$certificate") || exit
sed -n '/^-----BEGIN CERTIFICATE/,/^-----END CERTIFICATE/p' "$all" >"$newcertificate" || exit`,
    attributes(sh`"$newcertificate"`, '0644'),
    ...(keyPem === undefined
      ? []
      : [
          sh`newkey=$(beside "$key") || exit
sed -n '/^-----BEGIN [A-Z ]*PRIVATE KEY/,/^-----END [A-Z ]*PRIVATE KEY/p' "$all" >"$newkey" || exit`,
          attributes(sh`"$newkey"`, keyMode),
        ]),
    sh`sync "$newcertificate" ${keyPem === undefined ? [] : [sh`"$newkey"`]} 2>/dev/null || sync`,
    ...(backup
      ? [sh`for path in "$certificate" ${keyPem === undefined ? [] : [sh`"$key"`]}; do`, keepOld, sh`done`]
      : []),
    ...(keyPem === undefined
      ? [attributes(sh`"$key"`, keyMode)]
      : [sh`rm -f "$certificate" && mv -f "$newkey" "$key" || exit`]),
    sh`mv -f "$newcertificate" "$certificate" || exit
if command -v restorecon >/dev/null 2>&1; then restorecon "$certificate" "$key" 2>/dev/null; fi
exit 0
)`,
  ]);
  return { script, stdin };
}
