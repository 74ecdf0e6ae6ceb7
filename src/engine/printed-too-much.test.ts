import { expect, it } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../test/kit/fake-host.js';
import { sh } from '../sh.js';

it('fails a task whose state is more than is kept, and goes on with other hosts', async () => {
  const [web1, web2, web3] = [new FakeHost(), new FakeHost(), new FakeHost()];
  web1.flooding.add('b');
  web2.flooding.add('facts');
  const tasks = [setting('a', ''), setting('b', ''), setting('c', '')];
  const { lines, report } = await runOver({ web1, web2, web3 }, [play(['web1', 'web2', 'web3'], tasks)]);
  expect(lines).toMatchInlineSnapshot(`
    [
      "web2 host-failed: its facts could not be read: it printed more than the 16 MiB that are kept of a script's output: 5000000 bytes were left out",
      "web1 set a: ok",
      "web3 set a: ok",
      "web1 set b: failed its state could not be read: it printed more than the 16 MiB that are kept of a script's output: 5000000 bytes were left out",
      "web3 set b: ok",
      "web3 set c: ok",
    ]
  `);
  expect(report.exitStatus).toBe(2);
});

it('takes a change that printed more than is kept for made, but not what it printed for whole', async () => {
  const web1 = new FakeHost();
  web1.flooding.add('set a=1').add('set b=1');
  web1.failing.set('b', { status: 3, stdout: 'x'.repeat(600_000) });
  const [made, failing] = [setting('a', '1'), setting('b', '1', { ignoreErrors: true })];
  const registered = setting('a', '1', { register: 'a', ignoreErrors: true, plan: (state) => planAgain(state) });
  const { ends } = await runOver({ web1 }, [play(['web1'], [made, failing, registered])]);
  expect(ends.map(({ outcome, summary, hint }) => ({ outcome, summary, hint }))).toMatchInlineSnapshot(`
    [
      {
        "hint": undefined,
        "outcome": "changed",
        "summary": " -> 1",
      },
      {
        "hint": "write its output to a file on the host, and register only the part that is needed",
        "outcome": "failed",
        "summary": " -> 1: exit status 3; it printed more than the 16 MiB that are kept of a script's output: 5000000 bytes were left out",
      },
      {
        "hint": "write its output to a file on the host, and register only the part that is needed",
        "outcome": "failed",
        "summary": "1 again: it printed more than the 16 MiB that are kept of a script's output: 5000000 bytes were left out",
      },
    ]
  `);
  // What is told of it is bounded, too.
  expect(ends[1]?.stdout?.length).toBeLessThan(300_000);
});

function planAgain(state: string) {
  const script = sh`SET a 1`;
  return { verdict: 'change', summary: `${state} again`, apply: { via: 'sh', script } } as const;
}
