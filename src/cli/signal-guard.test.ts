import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const module = fileURLToPath(new URL('./interrupt.ts', import.meta.url));

/** A process that takes interrupts, and after a second computes for ever; or for as long as its turn lasts. */
async function computing(loop: 'for ever' | 'in turns') {
  const work = loop === 'for ever' ? 'for (;;);' : 'setInterval(() => {}, 50);';
  const program = `
    const { createJiti } = await import('jiti');
    const { takeInterrupts } = await createJiti(import.meta.url).import(${JSON.stringify(module)});
    takeInterrupts((text) => console.log(text), 0);
    setTimeout(() => { console.log('computing'); ${work} }, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  child.stdout.setEncoding('utf8');
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return { child, said, ended };
}

/** Signals of one kind that come together are one. */
const apart = () => new Promise((resolve) => setTimeout(resolve, 100));

test.each(['SIGTERM', 'SIGHUP'] as const)('a computation without end was not ended by %s', async (signal) => {
  const { child, said, ended } = await computing('for ever');
  child.kill(signal);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(said.join('').trim()).toBe(`provision: stopped in the middle of a computation (${signal})`);
});

test('nor by Ctrl-C, which ends it when it comes twice', async () => {
  const { child, ended } = await computing('for ever');
  child.kill('SIGINT');
  await apart();
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGKILL']);
});

test('what hears a signal is not killed', async () => {
  const { child, said, ended } = await computing('in turns');
  child.kill('SIGTERM');
  const [text] = await once(child.stdout, 'data');
  expect(text).toBe('interrupted: finishing the tasks under way (Ctrl-C again to stop now)\n');
  await new Promise((resolve) => setTimeout(resolve, 3500));
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(said.join('')).toBe('');
});
