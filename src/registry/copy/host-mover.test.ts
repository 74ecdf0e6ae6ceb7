import { expect, test } from 'vitest';
import { openRegistry } from '../client/open.js';
import { digestOf } from '../digest.js';
import { directMover } from './blob-mover.js';
import { hostMover } from './host-mover.js';

test('a redirect to [::ffff:169.254.169.254] was followed on the host', async () => {
  const registry = openRegistry({ host: '127.0.0.1:9' });
  let lines = '';
  const mover = hostMover({
    curlOptions: () => [],
    inParts: directMover(undefined, undefined),
    run: async (_, { stdin }) => {
      lines = stdin;
      return { status: 0, stdout: 'moved 0 ok\n', stderr: '' };
    },
  });
  const blob = { digest: digestOf(Buffer.from('x')), size: 1 };
  const session = { location: 'http://127.0.0.1:9/v2/team/web/blobs/uploads/1' };
  await mover.move(blob, { source: registry, repository: 'team/web' }, registry, 'team/web', session);
  await registry.close();
  for (const host of ['169.254.169.254', '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]']) {
    expect(lines).toContain(`0 0 get connect-to = "${host}::127.0.0.1:9"\n`);
  }
});

test.each([
  ['that a proxy refuses whole (413)', undefined],
  ['larger than requests may be', 5],
])('a blob %s was sent whole by the host again and again', async (_, largest) => {
  const registry = openRegistry({ host: '127.0.0.1:9' });
  const inParts: number[] = [];
  let runs = 0;
  const mover = hostMover({
    curlOptions: () => [],
    largest,
    inParts: { move: async ({ size }) => void inParts.push(size) },
    run: async () => {
      runs += 1;
      return { status: 0, stdout: 'moved 0 failed 200 413\n', stderr: '' };
    },
  });
  const blob = { digest: digestOf(Buffer.from('large')), size: 6 };
  const session = { location: 'http://127.0.0.1:9/v2/team/web/blobs/uploads/1' };
  await mover.move(blob, { source: registry, repository: 'team/web' }, registry, 'team/web', session);
  await registry.close();
  expect(inParts).toEqual([6]);
  expect(runs).toBe(largest === undefined ? 1 : 0);
});
