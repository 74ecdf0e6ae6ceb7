import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, type TestContext, test } from 'vitest';

const module = fileURLToPath(new URL('./interrupt.ts', import.meta.url));

const computations = {
  'a loop': 'for (;;);',
  'a loop of promises': 'for (;;) await null;',
  'an expression': `/(a+)+$/.test('${'a'.repeat(60)}b');`,
  'two seconds, and then turns': `const end = Date.now() + 2000; while (Date.now() < end); setInterval(() => console.log('turn'), 100);`,
  'nothing but turns': `setInterval(() => {}, 50);`,
};

/** Starts a process that takes interrupts, and then computes; gives it once it does, with the lines that it prints. */
async function computing(work: keyof typeof computations, { onTestFinished }: TestContext) {
  const program = `
    const { createJiti } = await import('jiti');
    const { takeInterrupts } = await createJiti(import.meta.url).import(${JSON.stringify(module)});
    takeInterrupts(() => console.log('interrupted'), 0);
    setTimeout(async () => { console.log('computing'); ${computations[work]} }, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return { child, nextLine: async () => (await lines.next()).value };
}

/** Sends a signal now and then until the process has ended: the first ones may come before its silence has been seen. */
async function endBy(child: ChildProcess, signal: NodeJS.Signals) {
  const ended = once(child, 'exit');
  const timer = setInterval(() => child.kill(signal), 500);
  const how = await ended;
  clearInterval(timer);
  return how;
}

// Each waits most of its time: beside each other they take no longer than one.
describe.concurrent('a process that computes', () => {
  const interrupted = 'interrupted';

  test.for([
    ['SIGTERM', 'a loop'],
    ['SIGHUP', 'a loop of promises'],
    ['SIGINT', 'an expression'],
    ['SIGTERM', 'a loop of promises'],
  ] as const)('%s did not end %s', async ([signal, work], context) => {
    const { child } = await computing(work, context);
    context.expect(await endBy(child, signal)).toEqual([null, signal]);
  });

  test('signals are taken again when a computation has come to its end', async (context) => {
    const { child, nextLine } = await computing('two seconds, and then turns', context);
    let line = await nextLine();
    context.expect(line).toBe('turn');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGTERM');
    while (line === 'turn') line = await nextLine();
    context.expect(line).toBe(interrupted);
  });

  test('what hears a signal is not killed by it', async (context) => {
    const { child, nextLine } = await computing('nothing but turns', context);
    child.kill('SIGTERM');
    context.expect(await nextLine()).toBe(interrupted);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    context.expect(await ended).toEqual([130, null]);
  });
});
