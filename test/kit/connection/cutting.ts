import type { Connection } from '../../../src/connection/connection.js';
import type { FaultProxy } from './fault-proxy.js';

/** When a link is lost in a change: before a byte of it has left, when the host has it, or when its answer is here. */
export type CutMoment = 'before it is sent' | 'after it is sent' | 'after the reply';
export const cutMoments: readonly CutMoment[] = ['before it is sent', 'after it is sent', 'after the reply'];

/** Milliseconds without another byte after which all of a request has passed. */
const quiet = 40;

/**
 * A connection through a proxy whose link is torn in a change: for each, `when` says at which moment, or that it is left
 * alone. It is given the script.
 */
export function cutting(
  connection: Connection,
  proxy: FaultProxy,
  when: (script: string) => CutMoment | undefined,
  cut: () => void = () => proxy.strike('reset'),
): Connection {
  const around = async <Result>(script: string, work: () => Promise<Result>): Promise<Result> => {
    const moment = when(script);
    if (moment === 'before it is sent') cut();
    if (moment === 'after it is sent') void afterSending(proxy).then(cut);
    const result = await work();
    if (moment === 'after the reply') cut();
    return result;
  };
  return {
    probe: (requests, as) => connection.probe(requests, as),
    dial: (host, port) => connection.dial(host, port),
    lock: (as, claim) => connection.lock(as, claim),
    close: () => connection.close(),
    apply: (change, probes, as) => around(change.script.script, () => connection.apply(change, probes, as)),
    upload: (script, content, as, options) =>
      around(script.script, () => connection.upload(script, content, as, options)),
  };
}

/** Resolves when what was written has passed; from the first byte on nothing comes back. */
function afterSending(proxy: FaultProxy): Promise<void> {
  return new Promise((resolve) => {
    let clock: NodeJS.Timeout | undefined;
    const before = proxy.onPass;
    proxy.holds = 'down';
    proxy.onPass = (direction, bytes) => {
      before(direction, bytes);
      if (direction !== 'up') return;
      clearTimeout(clock);
      clock = setTimeout(() => {
        proxy.onPass = before;
        proxy.holds = undefined;
        resolve();
      }, quiet);
    };
  });
}
