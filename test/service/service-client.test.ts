import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connect, type ServiceClient } from '../../src/service-client/connect.js';

/** A service that answers by a script: what a real one does only now and then. */
let server: Server | undefined;
const seen: IncomingMessage[] = [];
afterEach(() => {
  seen.length = 0;
  server?.closeAllConnections();
  server?.close();
});

async function scripted(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<ServiceClient> {
  server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return connect({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'prv_x' });
}

/** Refuses so many times with a status, then deletes. */
function refusing(times: number, status: number, headers: Readonly<Record<string, string>>) {
  return scripted((_, response) => {
    if (seen.length > times) return response.writeHead(204).end();
    const problem = { type: 'about:blank', title: 'refused', status, detail: 'not now' };
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers }).end(JSON.stringify(problem));
  });
}

describe('a request that is put off', () => {
  it.each([
    [409, 'while its first sending is being done'],
    [429, 'since there were too many'],
    [503, 'while the database is away'],
  ])('with %d, %s, is sent again as the same, when it was told to', async (status) => {
    const client = await refusing(2, status, { 'Retry-After': '0' });
    await client.registries.delete('prod');
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(3).fill('DELETE /api/v1/registries/prod'));
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('without a time is refused', async () => {
    const client = await refusing(9, 409, {});
    await expect(client.registries.delete('prod')).rejects.toMatchObject({ status: 409, message: 'not now' });
    expect(seen.length).toBe(1);
  });

  it('for longer than half a minute is refused', async () => {
    const client = await refusing(9, 503, { 'Retry-After': '31' });
    await expect(client.registries.delete('prod')).rejects.toMatchObject({ status: 503 });
    expect(seen.length).toBe(1);
  });

  it('again and again is refused in the end', async () => {
    const client = await refusing(9, 503, { 'Retry-After': '0' });
    await expect(client.registries.delete('prod')).rejects.toMatchObject({ status: 503 });
    expect(seen.length).toBe(4);
  });
});

it('an answer that was cut off in its middle is asked for again, and never taken for an empty one', async () => {
  const client = await scripted((_, response) => {
    const text = JSON.stringify({ items: [{ name: 'prod' }] });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(text.length) });
    if (seen.length < 3) response.write(text.slice(0, 9), () => response.destroy());
    else response.end(text);
  });
  expect(await client.registries.list()).toEqual([{ name: 'prod' }]);
  expect(seen.length).toBe(3);
});

describe('the events of a job', () => {
  const event = (id: number) => `id: ${id}\ndata: {"line":${id}}\n\n`;
  const numbers = async (client: ServiceClient) => {
    const events = client.jobs.follow('j1');
    const all: number[] = [];
    for (let turn = await events.next(); ; turn = await events.next()) {
      if (turn.done === true) return { all, job: turn.value };
      all.push(turn.value.sequence);
    }
  };

  it('go on behind the last one where the stream was cut, in the middle of one too', async () => {
    const client = await scripted(({ headers }, response) => {
      const last = Number(headers['last-event-id']);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      if (last === 4) return response.end('event: end\ndata: {"id":"j1","state":"done"}\n\n');
      response.write(`${event(last + 1)}${event(last + 2)}id: ${last + 3}\ndata: {"li`, () => response.destroy());
    });
    expect(await numbers(client)).toMatchObject({ all: [1, 2, 3, 4], job: { state: 'done' } });
  });

  it('end with an error of its own where the service stays away', async () => {
    const client = await scripted((_, response) => response.destroy());
    await expect(numbers(client)).rejects.toThrow('the events of job j1 were cut off, and the service stays away');
    // Twenty streams, and as many times a page of events.
    expect(seen.length).toBe(40);
  });

  it('of a job that is not there are refused at once', async () => {
    const client = await refusing(9, 404, {});
    await expect(numbers(client)).rejects.toMatchObject({ status: 404 });
    expect(seen.length).toBe(1);
  });
});
