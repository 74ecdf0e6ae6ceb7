import { defineResource, joinSh, type Resource, type Sh, sh, template } from '../../src/index.js';
import { validateExports } from './check-exports.js';

interface ExportsFileState {
  /** State of the file itself. */
  readonly file: unknown;
  /** Another text of ours is there, and exportfs does not read it to its end. */
  readonly stops: boolean;
}

/**
 * File of exports, /etc/exports. One of ours in which exportfs stops, which an older version wrote, is replaced without
 * force: what follows there was never exported.
 */
export const exports_file = defineResource({
  kind: 'exports_file',
  summary: 'The file of exports, which exportfs must read to its end',
  params: template.params,
  create: (params): Resource<ExportsFileState> => {
    const file = template.create(params);
    const forced = template.create({ ...params, force: true });
    const { id, provides, needs, staging, template: source } = file;
    return {
      kind: 'exports_file',
      id,
      provides,
      needs,
      staging,
      ...(source !== undefined && { template: source }),
      probe: (host) => {
        const wanted = forced.plan(forced.parse({ status: 0, stdout: 'end yes\n', stderr: '' }, host), host);
        const [digest] = wanted.verdict === 'change' ? (wanted.writes ?? []) : [];
        return joinSh([
          ...(host.root === '' && digest !== undefined ? [tryOut(params.dest, digest.value)] : []),
          file.probe(host),
        ]);
      },
      parse: (reply, host) => {
        const stops = reply.stdout.startsWith('stops\n');
        return { file: file.parse({ ...reply, stdout: reply.stdout.replace(/^stops\n/, '') }, host), stops };
      },
      plan: ({ file: state, stops }, host) => {
        if (!stops) return file.plan(state, host);
        const planned = forced.plan(state, host);
        if (planned.verdict !== 'change') return planned;
        return { ...planned, summary: `${planned.summary}; exportfs did not read the old one to its end` };
      },
      result: ({ file: state }) => file.result?.(state) ?? {},
    };
  },
});

/** Prints `stops` where a file of ours has another text, and exportfs stops in it. It is tried only then: names are resolved. */
function tryOut(path: string, digest: string): Sh {
  return sh`if head -n 1 ${path} 2>/dev/null | grep -q 'managed by provision' && [ "sha256:$(sha256sum <${path} | cut -d ' ' -f 1)" != ${digest} ]; then
  sh -c ${validateExports.replace('%s', path)} >/dev/null 2>&1 </dev/null || echo stops
fi`;
}
