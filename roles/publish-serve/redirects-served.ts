import { z } from 'zod';
import { defineResource, type Resource, sh } from '../../src/index.js';

const names = z.array(z.string());
const params = z.strictObject({
  address: z.string().describe('Address of the service, as the host reaches it: `https://127.0.0.1:5001`'),
  unit: z.string(),
  v1: names.describe('Repositories of version 1'),
  v2: names.describe('Repositories of later versions'),
  files: names.describe('Redirect files on the host'),
  interval: z.int().describe('Seconds between two looks of the service'),
});

type Params = z.output<typeof params>;

interface ServedState {
  /** Names that it serves; undefined: it did not say. */
  readonly v1: readonly string[] | undefined;
  readonly v2: readonly string[] | undefined;
}

/** Program that prints the repositories once, or waits for those on its standard input. The certificate names others. */
const program = `const [address, seconds] = process.argv.slice(1);
const h = require(address.startsWith('https') ? 'node:https' : 'node:http');
const ask = (which) => new Promise((done) => {
  const options = { rejectUnauthorized: false, timeout: 5000, headers: { Accept: 'application/json' } };
  const r = h.get(address + '/crane/repositories/' + which, options, (a) => {
    let text = '';
    a.on('data', (part) => { text += part; });
    a.on('error', () => done());
    a.on('end', () => { try { done(a.statusCode === 200 ? Object.keys(JSON.parse(text)) : undefined); } catch { done(); } });
  });
  r.on('timeout', () => r.destroy());
  r.on('error', () => done());
});
(async () => {
  if (seconds === undefined) {
    for (const which of ['v1', 'v2']) console.log(which, JSON.stringify(await ask(which) ?? null));
    return;
  }
  const wanted = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  for (const end = Date.now() + seconds * 1000; ; await new Promise((done) => setTimeout(done, 500))) {
    let missing = [];
    for (const which of ['v1', 'v2']) {
      const served = new Set(await ask(which) ?? []);
      missing = missing.concat(wanted[which].filter((name) => !served.has(name)));
    }
    if (missing.length === 0) return;
    if (Date.now() > end) {
      console.error('it does not serve ' + missing.slice(0, 5).join(', ') + ' after ' + seconds + ' seconds');
      process.exit(1);
    }
  }
})();`;

/** Repositories of the redirect files, as the service lists them. */
export const redirects_served = defineResource({
  kind: 'redirects_served',
  summary: 'Wait until the repositories of redirect files are served',
  params,
  create: (params): Resource<ServedState> => ({
    kind: 'redirects_served',
    id: params.address,
    provides: [],
    needs: [`service:${params.unit}`, ...params.files.map((path) => `path:${path}` as const)],
    staging: 'skip',
    probe: () => sh`node -e ${program} ${params.address} 2>/dev/null
:`,
    parse: ({ stdout }) => ({ v1: namesIn(stdout, 'v1'), v2: namesIn(stdout, 'v2') }),
    plan: (state) => {
      const missing = missingOf(state, params);
      if (missing.length === 0) return { verdict: 'ok' };
      const text = `it does not serve ${someOf(missing)} yet`;
      return {
        verdict: 'change',
        summary: 'waited until all repositories are served',
        uncertain: text,
        apply: {
          via: 'sh',
          script: sh`node -e ${program} ${params.address} ${params.interval + 15}`,
          stdin: JSON.stringify({ v1: params.v1, v2: params.v2 }),
          deadline: params.interval + 60,
        },
        verify: (after) => {
          const left = missingOf(after, params);
          return left.length === 0 ? undefined : `it does not serve ${someOf(left)}: journalctl -u ${params.unit}`;
        },
      };
    },
    result: ({ v1, v2 }) => ({ v1: v1 ?? [], v2: v2 ?? [] }),
  }),
});

function namesIn(stdout: string, which: 'v1' | 'v2'): readonly string[] | undefined {
  const line = stdout.split('\n').find((each) => each.startsWith(`${which} `));
  return line === undefined ? undefined : (names.nullable().parse(JSON.parse(line.slice(3))) ?? undefined);
}

function missingOf(state: ServedState, wanted: Params): readonly string[] {
  return (['v1', 'v2'] as const).flatMap((which) => {
    const served = new Set(state[which]);
    return wanted[which].filter((name) => !served.has(name));
  });
}

function someOf(list: readonly string[]): string {
  const more = list.length > 3 ? ` and ${list.length - 3} more` : '';
  return `${list.slice(0, 3).join(', ')}${more}`;
}
