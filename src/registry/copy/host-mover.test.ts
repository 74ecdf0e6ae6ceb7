import { expect, test } from 'vitest';
import { openRegistry } from '../client/open.js';
import { digestOf } from '../digest.js';
import { hostMover } from './host-mover.js';

test('a redirect to [::ffff:169.254.169.254] was followed on the host', async () => {
  const registry = openRegistry({ host: '127.0.0.1:9' });
  let lines = '';
  const mover = hostMover({
    curlOptions: () => [],
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
