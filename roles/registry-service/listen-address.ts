import { z } from 'zod';
import { firewall_port, type TaskItem } from '../../src/index.js';

const error = 'must be HOST:PORT: 0.0.0.0:8443';

/** Address and port to listen on: `0.0.0.0:8443`. */
export const listenAddress = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([1-9]\d{0,4})$/, { error })
  .refine((text) => Number(text.split(':').at(-1)) <= 65_535, { error });

/** Returns true for an address to listen on that the host alone reaches. */
export function isForHostAlone(listen: string): boolean {
  return /^(?:127\.|localhost:|\[::1\]:)/.test(listen);
}

/** Returns the address at which the host itself reaches what listens on one. */
export function reachedAddress(listen: string): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(listen) ?? [];
  return `${host === '0.0.0.0' ? '127.0.0.1' : host === '[::]' ? '[::1]' : host}:${port}`;
}

/** Returns the tasks that let others through the firewall to addresses that something listens on. */
export function openPorts(listens: readonly string[]): readonly TaskItem[] {
  return listens
    .filter((each) => !isForHostAlone(each))
    .map((each) => firewall_port({ port: `${each.split(':').at(-1)}/tcp` }));
}
