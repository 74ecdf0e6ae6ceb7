import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CountingProxyOptions } from './counting-proxy.js';
import type { Fault } from './faults.js';
import type { ProxyCounts } from './proxy-counts.js';

export interface ProxyProcess {
  readonly url: string;
  readonly host: string;
  counts(): Promise<ProxyCounts>;
  /** From here on another delay, other faults; counts begin anew. */
  reset(changes?: {
    readonly delayMs?: number;
    readonly seed?: string | number;
    readonly faults?: readonly Fault[];
  }): Promise<void>;
  close(): Promise<void>;
}

/** The counting proxy in a process of its own. */
export async function proxyProcess(options: CountingProxyOptions): Promise<ProxyProcess> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(
    process.execPath,
    [path('../../../node_modules/jiti/lib/jiti-cli.mjs'), path('main.ts'), JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([status]) => {
      throw new Error(`the proxy ended with ${status}`);
    }),
  ])) as [string];
  const { url, host, control } = JSON.parse(line) as { url: string; host: string; control: string };
  return {
    url,
    host,
    async counts() {
      const answer = await fetch(`${control}/counts`);
      return ((await answer.json()) as { counts: ProxyCounts }).counts;
    },
    async reset(changes = {}) {
      await fetch(`${control}/reset`, { method: 'POST', body: JSON.stringify(changes) });
    },
    async close() {
      const over = once(child, 'exit');
      child.stdin.end();
      await over;
    },
  };
}
