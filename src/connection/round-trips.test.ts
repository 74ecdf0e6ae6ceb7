import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RoundTripProxy, roundTripProxy } from '../../test/kit/connection/round-trips.js';
import { type Sshd, startSshd } from '../../test/kit/connection/sshd.js';
import { sh } from '../sh.js';
import { openConnection } from './open.js';

let sshd: Sshd;
let proxy: RoundTripProxy;
beforeAll(async () => {
  sshd = await startSshd();
  proxy = await roundTripProxy({ host: '127.0.0.1', port: sshd.port }, 600);
});
afterAll(async () => {
  await proxy.close();
  await sshd.stop();
});

it('spends round trips as promised: 7 to connect, 3 with the first request, then 1 each', async () => {
  const spent = async (work: () => Promise<unknown>) => {
    proxy.reset();
    await work();
    return proxy.roundTrips();
  };
  const acceptNew = {
    port: proxy.port,
    knownHostsFiles: [`${sshd.folder}/accepted`],
    acceptNew: true,
    connectTimeout: 60,
  };
  const settings = sshd.settings(acceptNew);
  let connection = await openConnection('host', settings);
  await connection.close();
  expect(
    await spent(async () => {
      connection = await openConnection('host', settings);
    }),
  ).toBeLessThanOrEqual(7);
  expect(await spent(() => connection.probe([{ script: sh`echo facts` }], false))).toBeLessThanOrEqual(3);
  const probes = Array.from({ length: 50 }, () => ({ script: sh`stat /`, stdin: 'x'.repeat(2000) }));
  expect(await spent(() => connection.probe(probes, false))).toBe(1);
  expect(await spent(() => connection.apply({ script: sh`:` }, probes, false))).toBe(1);
  expect(await spent(() => connection.close())).toBeLessThanOrEqual(1);
});
