import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const module = fileURLToPath(new URL('./interrupt.ts', import.meta.url));

const computations = {
  'a loop': 'for (;;);',
  'a loop of promises': 'for (;;) await null;',
  'an expression': `/(a+)+$/.test('${'a'.repeat(60)}b');`,
  'two seconds, and then turns': `const end = Date.now() + 2000; while (Date.now() < end); setInterval(() => console.log('turn'), 100);`,
  'nothing but turns': `setInterval(() => {}, 50);`,
};

/** A process that takes interrupts, and then computes. */
async function computing(work: keyof typeof computations) {
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
  child.stdout.setEncoding('utf8');
  await once(child.stdout, 'data');
  return child;
}

/** Sends a signal now and then until the process has ended: the first ones may come before its silence has been seen. */
async function endBy(child: Awaited<ReturnType<typeof computing>>, signal: NodeJS.Signals) {
  const ended = once(child, 'exit');
  const timer = setInterval(() => child.kill(signal), 500);
  const how = await ended;
  clearInterval(timer);
  return how;
}

test.each([
  ['SIGTERM', 'a loop'],
  ['SIGHUP', 'a loop of promises'],
  ['SIGINT', 'an expression'],
  ['SIGTERM', 'a loop of promises'],
] as const)('%s did not end %s', async (signal, work) => {
  expect(await endBy(await computing(work), signal)).toEqual([null, signal]);
});

test('signals are taken again when a computation has come to its end', async () => {
  const child = await computing('two seconds, and then turns');
  let [text] = await once(child.stdout, 'data');
  expect(text).toBe('turn\n');
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGTERM');
  while (text === 'turn\n') [text] = await once(child.stdout, 'data');
  expect(text).toBe('interrupted\n');
});

test('what hears a signal is not killed by it', async () => {
  const child = await computing('nothing but turns');
  child.kill('SIGTERM');
  const [text] = await once(child.stdout, 'data');
  expect(text).toBe('interrupted\n');
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
});
