import { z } from 'zod';
import { defineResource, type Resource, type Sh, sh } from '../../src/index.js';

const params = z.strictObject({
  url: z.string().describe('URL at which the host itself reaches its state: `https://127.0.0.1:8443/readyz`'),
  unit: z.string(),
  timeout: z.int().default(30).describe('Seconds'),
});

type Params = z.output<typeof params>;

interface AnswerState {
  /** HTTP status; 0 where nothing answers. */
  readonly status: number;
  /** State of the unit: `active`, `failed`. */
  readonly unit: string;
}

/** Program that prints the status: the host has Node, but may have no curl. The names in its certificate are of others. */
const ask = `const [url] = process.argv.slice(1);
const h = require(url.startsWith('https') ? 'node:https' : 'node:http');
const r = h.get(url, { rejectUnauthorized: false, timeout: 3000 }, (a) => { console.log('answers', a.statusCode); process.exit(); });
r.on('timeout', () => process.exit());
r.on('error', () => process.exit());`;

/** Answer of the service: it runs, and its database does. */
export const service_answers = defineResource({
  kind: 'service_answers',
  summary: 'Wait until the service answers, with its database',
  params,
  create: (params): Resource<AnswerState> => ({
    kind: 'service_answers',
    id: params.url,
    provides: [],
    needs: [`service:${params.unit}`],
    staging: 'skip',
    probe: () => sh`${question(params)}
echo "unit $(systemctl is-active -- ${params.unit} 2>/dev/null)"`,
    parse: ({ stdout }) => ({
      status: Number(/^answers (\d+)$/m.exec(stdout)?.[1] ?? 0),
      unit: /^unit (.*)$/m.exec(stdout)?.[1] ?? '',
    }),
    plan: ({ status, unit }) =>
      status === 200 && unit === 'active'
        ? { verdict: 'ok' }
        : {
            verdict: 'change',
            summary: 'waited until it answers',
            uncertain: status === 0 ? 'it does not answer yet' : `it answers ${status}`,
            apply: { via: 'sh', script: waiting(params), deadline: params.timeout + 30 },
            verify: (after) => (after.status === 200 ? undefined : `it does not answer at ${params.url}`),
          },
    result: ({ status }) => ({ answers: status === 200 }),
  }),
});

function question({ url }: Params): Sh {
  return sh`node -e ${ask} ${url} 2>/dev/null`;
}

function waiting(params: Params): Sh {
  const { url, unit, timeout } = params;
  return sh`end=$(($(date +%s) + ${timeout}))
until [ "$(${question(params)})" = 'answers 200' ]; do
  if [ "$(date +%s)" -ge "$end" ]; then
    echo ${`no answer at ${url} after ${timeout} seconds`} >&2
    journalctl -n 5 --no-pager -o cat -u ${unit} 2>/dev/null | grep -v -e --token >&2
    exit 1
  fi
  sleep 0.5 2>/dev/null || sleep 1
done`;
}
