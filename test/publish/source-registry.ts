import { type ScriptedRegistry, type SeenRequest, scriptedRegistry } from '../kit/scripted-registry.js';
import type { MadeImage } from '../registry/archives/make-image.js';

/** Registry that images are published from: it lists by pages, and counts what it is asked. */
export interface SourceRegistry extends Pick<ScriptedRegistry, 'host' | 'close'> {
  /** Images by repository and tag; a test may replace those of a repository. */
  readonly repositories: Record<string, Record<string, MadeImage>>;
  /** Counts requests by their method and kind, `HEAD manifests`, and forgets them. */
  takeCounts(): Record<string, number>;
}

/** Starts a registry with images in it. */
export async function sourceRegistry(repositories: SourceRegistry['repositories']): Promise<SourceRegistry> {
  let counts: Record<string, number> = {};
  const server = await scriptedRegistry((request) => {
    const [, repository = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.+)$/.exec(request.url) ?? [];
    const key = `${request.method} ${kind}`;
    counts[key] = (counts[key] ?? 0) + 1;
    return answer(request, repositories[repository] ?? {}, kind, rest);
  });
  return {
    host: server.host,
    close: server.close,
    repositories,
    takeCounts() {
      const taken = counts;
      counts = {};
      return taken;
    },
  };
}

function answer({ url }: SeenRequest, tags: Readonly<Record<string, MadeImage>>, kind: string, rest: string) {
  if (url === '/v2/') return { body: {} };
  if (kind === 'referrers') return { body: { schemaVersion: 2, manifests: [] } };
  if (kind === 'tags') return listing(url, Object.keys(tags));
  const content = contentOf(tags);
  const digest = tags[rest]?.raw.digest ?? rest;
  const body = content.get(digest);
  if (body === undefined) return undefined;
  const type = kind === 'blobs' ? 'application/octet-stream' : JSON.parse(body.toString()).mediaType;
  const headers = { 'content-type': type, 'docker-content-digest': digest, 'content-length': String(body.length) };
  return { headers, body };
}

const contents = new WeakMap<object, ReadonlyMap<string, Buffer>>();

/** Finds all bytes of images by their digests. */
function contentOf(tags: Readonly<Record<string, MadeImage>>): ReadonlyMap<string, Buffer> {
  const known = contents.get(tags);
  if (known !== undefined) return known;
  const content = new Map<string, Buffer>([...new Set(Object.values(tags))].flatMap(({ blobs }) => [...blobs]));
  contents.set(tags, content);
  return content;
}

/** Answers a page of a list of tags, with a link to the next. */
function listing(url: string, tags: readonly string[]) {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const last = searchParams.get('last') ?? '';
  const names = tags.toSorted().filter((tag) => tag > last);
  const page = names.slice(0, Number(searchParams.get('n') ?? names.length));
  const link = `<${pathname}?n=${page.length}&last=${page.at(-1)}>; rel="next"`;
  return { body: { tags: page }, headers: page.length < names.length ? { link } : {} };
}
