import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/*
 * Load on a registry, in a process of its own so that the registry's figures are the registry's: raw sockets, kept alive.
 * It is told what to do in JSON as its argument, and prints what came of it in JSON.
 */

/** What is asked of it. Sizes are in bytes. */
export type Load =
  | { readonly kind: 'push'; readonly url: string; readonly size: number; readonly connections: number }
  | { readonly kind: 'pull'; readonly url: string; readonly paths: readonly string[] }
  | {
      readonly kind: 'ask';
      readonly url: string;
      readonly method: 'GET' | 'HEAD';
      /** `{n}` in it stands for the number of the request. */
      readonly path: string;
      /** Lines, each with its end. */
      readonly headers?: string;
      readonly connections: number;
      readonly seconds: number;
    }
  | { readonly kind: 'images'; readonly url: string; readonly connections: number; readonly seconds: number };

export interface LoadResult {
  readonly seconds: number;
  readonly bytes: number;
  readonly requests: number;
  /** Where pushed blobs lie. */
  readonly paths: readonly string[];
}

interface Reply {
  readonly status: number;
  readonly head: string;
  readonly bytes: number;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const accept = `Accept: ${manifestType}, application/vnd.oci.image.index.v1+json\r\n`;
const block = randomBytes(32 << 20);

/** One connection, one request at a time. */
class Line {
  #head = '';
  #body = 0;
  #left = -1;
  #answered: ((reply: Reply) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #headOnly = false;

  readonly #socket: Socket;
  readonly #host: string;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('the registry closed the connection')));
  }

  static async to(url: string): Promise<Line> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Line(socket, host);
  }

  async ask(method: string, path: string, headers = '', body?: Buffer): Promise<Reply> {
    const length = body === undefined ? (method === 'POST' ? 'Content-Length: 0\r\n' : '') : '';
    const text = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${headers}${length}\r\n`;
    const reply = this.#next(method);
    this.#socket.write(text);
    if (body !== undefined) this.#socket.write(body);
    return await reply;
  }

  async send(path: string, pieces: readonly Buffer[]): Promise<Reply> {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const reply = this.#next('PATCH');
    this.#socket.write(
      `PATCH ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`,
    );
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += 1 << 20) {
        if (!this.#socket.write(piece.subarray(at, at + (1 << 20)))) {
          await new Promise((resolve) => this.#socket.once('drain', resolve));
        }
      }
    }
    return await reply;
  }

  end(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #next(method: string): Promise<Reply> {
    this.#headOnly = method === 'HEAD';
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
  }

  #read(chunk: Buffer): void {
    let bytes = chunk.length;
    if (this.#left < 0) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end === -1) return;
      bytes = this.#head.length - end - 4;
      this.#head = this.#head.slice(0, end);
      this.#left = this.#headOnly ? 0 : Number(/^content-length: *(\d+)/im.exec(this.#head)?.[1] ?? 0);
      this.#body = 0;
    }
    this.#left -= bytes;
    this.#body += bytes;
    if (this.#left > 0) return;
    const reply = { status: Number(this.#head.slice(9, 12)), head: this.#head, bytes: this.#body };
    this.#head = '';
    this.#left = -1;
    this.#answered?.(reply);
  }
}

async function load(task: Load): Promise<LoadResult> {
  switch (task.kind) {
    case 'push':
      return await push(task.url, task.size, task.connections);
    case 'pull':
      return await pull(task.url, task.paths);
    case 'ask': {
      let count = 0;
      return await repeated(task.url, task.connections, task.seconds, async (line) => {
        count += 1;
        const path = task.path.replace('{n}', String(count));
        expectStatus(await line.ask(task.method, path, `${accept}${task.headers ?? ''}`), 200);
        return 1;
      });
    }
    case 'images':
      return await repeated(task.url, task.connections, task.seconds, pushImage);
  }
}

async function push(url: string, size: number, connections: number): Promise<LoadResult> {
  const blobs = Array.from({ length: connections }, () => {
    const pieces = [randomBytes(16)];
    for (let left = size - 16; left > 0; left -= block.length)
      pieces.push(block.subarray(0, Math.min(left, block.length)));
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    return { pieces, digest: `sha256:${hash.digest('hex')}` };
  });
  const lines = await Promise.all(blobs.map(() => Line.to(url)));
  const began = performance.now();
  await Promise.all(
    blobs.map(async ({ pieces, digest }, at) => {
      const line = lines[at];
      if (line === undefined) throw new Error('a line a blob');
      const upload = where(expectStatus(await line.ask('POST', '/v2/bench/large/blobs/uploads/'), 202));
      const sent = where(expectStatus(await line.send(upload, pieces), 202));
      const put = `${sent}${sent.includes('?') ? '&' : '?'}digest=${digest}`;
      expectStatus(await line.ask('PUT', put, 'Content-Length: 0\r\n'), 201);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const line of lines) line.end();
  const paths = blobs.map(({ digest }) => `/v2/bench/large/blobs/${digest}`);
  return { seconds, bytes: size * connections, requests: 3 * connections, paths };
}

async function pull(url: string, paths: readonly string[]): Promise<LoadResult> {
  const lines = await Promise.all(paths.map(() => Line.to(url)));
  const began = performance.now();
  const replies = await Promise.all(lines.map((line, at) => line.ask('GET', paths[at] ?? '')));
  const seconds = (performance.now() - began) / 1000;
  for (const line of lines) line.end();
  const bytes = replies.reduce((sum, reply) => sum + expectStatus(reply, 200).bytes, 0);
  return { seconds, bytes, requests: paths.length, paths: [] };
}

async function repeated(
  url: string,
  connections: number,
  seconds: number,
  work: (line: Line) => Promise<number>,
): Promise<LoadResult> {
  const lines = await Promise.all(Array.from({ length: connections }, () => Line.to(url)));
  for (const line of lines) await work(line);
  const began = performance.now();
  const end = began + seconds * 1000;
  let requests = 0;
  await Promise.all(
    lines.map(async (line) => {
      while (performance.now() < end) {
        const done = await work(line); // Not in one expression: that would read the sum before it waits.
        requests += done;
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  for (const line of lines) line.end();
  return { seconds: took, bytes: 0, requests, paths: [] };
}

/** A small image as a client pushes it: two blobs and a manifest under a tag, each looked for before. */
async function pushImage(line: Line): Promise<number> {
  const blobs = [randomBytes(1000), randomBytes(10_000)];
  const descriptors: object[] = [];
  for (const blob of blobs) {
    const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
    expectStatus(await line.ask('HEAD', `/v2/bench/small/blobs/${digest}`), 404);
    const upload = where(expectStatus(await line.ask('POST', '/v2/bench/small/blobs/uploads/'), 202));
    const put = `${upload}${upload.includes('?') ? '&' : '?'}digest=${digest}`;
    const headers = `Content-Type: application/octet-stream\r\nContent-Length: ${blob.length}\r\n`;
    expectStatus(await line.ask('PUT', put, headers, blob), 201);
    descriptors.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: blob.length });
  }
  const [config, ...layers] = descriptors;
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  const headers = `Content-Type: ${manifestType}\r\nContent-Length: ${manifest.length}\r\n`;
  const tag = randomBytes(8).toString('hex');
  expectStatus(await line.ask('PUT', `/v2/bench/small/manifests/${tag}`, headers, manifest), 201);
  return 7;
}

function expectStatus(reply: Reply, status: number): Reply {
  if (reply.status !== status) throw new Error(`${status} was expected, the registry said:\n${reply.head}`);
  return reply;
}

function where({ head }: Reply): string {
  const location = /^location: *(.*?)\r?$/im.exec(head)?.[1];
  if (location === undefined) throw new Error(`no Location in\n${head}`);
  const { pathname, search } = new URL(location, 'http://registry');
  return pathname + search;
}

const [task] = process.argv.slice(2);
if (task === undefined) throw new Error('what to do is missing');
process.stdout.write(JSON.stringify(await load(JSON.parse(task) as Load)));
