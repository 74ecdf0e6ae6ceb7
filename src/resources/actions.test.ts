import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, converge, planFrom } from '../../test/kit/converge-locally.js';
import { command } from './actions/command.js';
import { wait } from './actions/wait.js';

describe('command', () => {
  it.each([
    [command({ cmd: 'x', creates: '/a' }), 'creates yes', { verdict: 'ok', note: '/a exists' }],
    [command({ cmd: 'x', creates: '/a' }), '', { verdict: 'change' }],
    [command({ cmd: 'x', removes: '/a' }), '', { verdict: 'ok', note: '/a does not exist' }],
    [command({ cmd: 'x', unless: 'y' }), 'unless yes', { verdict: 'ok' }],
    [command({ cmd: 'x', only_if: 'y' }), '', { verdict: 'ok' }],
    [command({ cmd: 'x', only_if: 'y' }), 'only_if yes', { verdict: 'change' }],
    [command({ argv: ['x'], always: true, creates: '/a' }), 'creates yes', { verdict: 'change' }],
  ])('%#', (task, said, plan) => {
    expect(planFrom(task, `${said}\nend\n`)).toMatchObject(plan);
  });

  it('passes arguments as they are, and reads what it is given', async () => {
    const { reply } = await converge(command({ argv: ['printf', '%s|', 'a b', "'", '$HOME', 3], always: true }));
    expect(reply?.stdout).toBe("a b|'|$HOME|3|");
    const read = await converge(command({ cmd: 'cat; pwd', stdin: 'x\n', chdir: '/', always: true }));
    expect(read.reply?.stdout).toBe('x\n/\n');
  });

  it('words what is wrong with its parameters', () => {
    const wrong = (input: unknown) => command.params.safeParse(input).error?.issues.map((issue) => issue.message);
    expect(wrong({ cmd: 'x' })).toEqual([
      'would run every time: add creates, removes, unless or only_if, or set `always: true`',
    ]);
    expect(wrong({ cmd: 'x', argv: ['x'], always: true })).toEqual(['needs cmd or argv, and not both']);
  });
});

describe('wait', () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/v2/' ? 200 : 404;
    response.end('hello there');
  });
  let url: string;
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.close();
  });

  it('is content where somebody answers', async () => {
    for (const task of [
      wait({ port: { port } }),
      wait({ http: { url: `${url}/v2/`, contains: 'hello' } }),
      wait({ http: { url, status: [401, 404] } }),
      wait({ http: { url }, state: 'closed' }),
    ]) {
      expect(await check(task)).toMatchObject({ verdict: 'ok' });
    }
  });

  it('says what came instead when it gives up', async () => {
    const { plan, failure } = await converge(wait({ http: { url, contains: 'x' }, timeout: 0.2 }));
    expect(plan).toMatchObject({ uncertain: 'it does not answer yet (status 404)' });
    expect(failure).toBe('not open after 1 seconds: closed status 404');
    expect(await check(wait({ http: { url: `${url}/v2/`, contains: 'x' } }))).toMatchObject({
      uncertain: 'it does not answer yet (the answer does not hold x)',
    });
  });
});
