import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../../src/index.js';

const params = z.strictObject({
  host: z.string().describe('Name or address at which the host itself reaches the registry'),
  port: z.int(),
  certificate: z.string().describe('File that it should serve'),
  config: z
    .string()
    .describe('Configuration of the registry: where it is kept, and names another file, that one counts'),
  unit: z.string(),
  container: z.string().optional().describe('Container of docker that is restarted instead of the unit'),
});

interface ServedState {
  /** Digests of the certificate in the file, and of the one that is served; empty: not known. */
  readonly file: string;
  readonly served: string;
  /** End of the certificate in the file, as openssl words it. */
  readonly ends: string;
  readonly isExpired: boolean;
  readonly isSoon: boolean;
  /** The file that the configuration names, where that is another. */
  readonly otherFile: string;
}

/** Seconds before its end from which a certificate's end is reported. */
const soon = 14 * 24 * 3600;

/**
 * The certificate that a registry serves: that of its file. A registry reads it at its start, so that one which others
 * renew (certbot) is served after a restart.
 */
export const served_certificate = defineResource({
  kind: 'served_certificate',
  summary: 'The certificate that a registry serves is the one in its file',
  params,
  create: ({ host, port, certificate, config, unit, container }): Resource<ServedState> => ({
    kind: 'served_certificate',
    id: certificate,
    provides: [`service:${container ?? unit}`],
    needs: [`path:${certificate}`, `path:${config}`, `service:${container ?? unit}`],
    staging: 'skip',
    probe: () => sh`LC_ALL=C; export LC_ALL
named=$(sed -n 's/^ *certificate: *//p' ${config} 2>/dev/null | head -n 1 | tr -d "\"'")
[ -z "$named" ] || [ "$named" = ${certificate} ] || printf 'other %s\n' "$named"
if command -v openssl >/dev/null 2>&1 && [ -r ${certificate} ]; then
  print() { openssl x509 -noout -fingerprint -sha256 2>/dev/null | sed 's/.*=//'; }
  printf 'file %s\n' "$(print <${certificate})"
  printf 'ends %s\n' "$(openssl x509 -noout -enddate <${certificate} 2>/dev/null | sed 's/.*=//')"
  openssl x509 -noout -checkend 0 <${certificate} >/dev/null 2>&1 || echo expired
  openssl x509 -noout -checkend ${soon} <${certificate} >/dev/null 2>&1 || echo soon
  printf 'served %s\n' "$(openssl s_client -connect ${`${host}:${port}`} </dev/null 2>/dev/null | print)"
fi
:`,
    parse: ({ stdout }) => {
      const word = (name: string) => new RegExp(`^${name} (.+)$`, 'm').exec(stdout)?.[1] ?? '';
      const lines = stdout.split('\n');
      return {
        file: word('file'),
        served: word('served'),
        ends: word('ends'),
        isExpired: lines.includes('expired'),
        isSoon: lines.includes('soon'),
        otherFile: word('other'),
      };
    },
    plan: ({ file, served, ends, isExpired, isSoon, otherFile }) => {
      if (otherFile !== '')
        return { verdict: 'ok', note: `the configuration is kept, and names ${otherFile} instead of ${certificate}` };
      if (file === '') return { verdict: 'ok', note: `${certificate} could not be compared: openssl is not there` };
      if (isExpired)
        return {
          verdict: 'refused',
          message: `the certificate ${certificate} ended on ${ends}: clients refuse the registry`,
          hint: 'renew it, and run again',
        };
      const note = isSoon ? { note: `${certificate} ends on ${ends}: renew it` } : {};
      if (served === '' || served === file) return { verdict: 'ok', ...note };
      const script = container === undefined ? sh`systemctl restart -- ${unit}` : sh`docker restart ${container}`;
      return {
        verdict: 'change',
        summary: `restarted: it served another certificate than ${certificate}`,
        apply: {
          via: 'sh',
          script: sh`${script} || exit
turn=0
until openssl s_client -connect ${`${host}:${port}`} </dev/null >/dev/null 2>&1 || [ $turn -ge 60 ]; do turn=$((turn + 1)); sleep 0.5 2>/dev/null || sleep 1; done`,
        },
        verify: (after) =>
          after.served === after.file ? undefined : `it serves another certificate than ${certificate} still`,
      };
    },
  }),
});
