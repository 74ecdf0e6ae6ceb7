import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { type CraneOptions, type CraneServer, serveCrane } from '../../src/publish/crane/serve-crane.js';

/** Crane on loopback over redirect files of a test. */
export interface TestCrane extends CraneServer {
  readonly folder: string;
  /** Lines of its error log. */
  readonly errors: string[];
  ask(path: string, options?: AskOptions): Promise<Asked>;
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Writes files below a folder; what is no text is written as JSON. */
export function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const isBytes = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(join(folder, name), isBytes ? content : JSON.stringify(content));
  }
}

export async function startCrane(
  files: Readonly<Record<string, unknown>>,
  options: Partial<CraneOptions> = {},
): Promise<TestCrane> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-crane-'));
  writeFiles(folder, files);
  const errors: string[] = [];
  const errorLog = new Writable({
    write(chunk, _, done) {
      errors.push(String(chunk));
      done();
    },
  });
  const server = await serveCrane({ dataDir: folder, host: '127.0.0.1', port: 0, errorLog, ...options });
  return {
    ...server,
    folder,
    errors,
    ask: (path, asked) => ask(server.url, path, asked),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends a path as it stands: fetch would resolve `..`, and follow redirects. */
export function ask(server: string, path: string, { method = 'GET', headers = {} }: AskOptions = {}): Promise<Asked> {
  const { hostname, port } = new URL(server);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const cdn = 'http://cdn.example.com';

/** Redirect files of all versions. */
export const redirectFiles = {
  'foo.json': {
    version: 1,
    repository: 'foo',
    'repo-registry-id': 'redhat/foo',
    url: `${cdn}/foo/`,
    images: [{ id: 'abc123' }, { id: 'def456' }],
    tags: { latest: 'abc123', old: 'def456' },
  },
  'v1/bar.json': {
    version: 1,
    repository: 'bar',
    'repo-registry-id': 'bar',
    url: `${cdn}/bar`,
    images: [{ id: 'bar789' }],
    tags: { latest: 'unlisted' },
  },
  'v1/baz.json': {
    version: 1,
    repository: 'baz',
    'repo-registry-id': 'redhat/baz',
    url: `${cdn}/content/dist/baz`,
    protected: true,
    images: [{ id: 'abc123' }, { id: 'baz000' }],
    tags: {},
  },
  'v2/bar.json': { version: 2, repository: 'bar', 'repo-registry-id': 'bar', url: `${cdn}/bar` },
  'v3/foo.json': {
    version: 3,
    repository: 'foo3',
    'repo-registry-id': 'redhat/foo',
    url: `${cdn}/foo3/`,
    schema2_data: ['latest'],
  },
  'v4/zoo.json': {
    version: 4,
    repository: 'zoo',
    'repo-registry-id': 'redhat/zoo',
    url: `${cdn}/zoo/bar`,
    schema2_data: ['sha256:a1d9', '1.25.1-musl'],
    manifest_list_data: ['bar', 'latest'],
    manifest_list_amd64_tags: { bar: ['sha256:c555', 2], latest: ['sha256:c555', 1] },
  },
  'v4/secret.json': {
    version: 2,
    repository: 'secret',
    'repo-registry-id': 'redhat/secret',
    url: `${cdn}/content/dist/secret/`,
    protected: true,
  },
};
