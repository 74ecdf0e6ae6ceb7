/*
 * Makes the rows of a list by a registry's API alone, as pages without an index do: all names, then the manifest and configuration of
 * each, for without their dates nobody knows which are the newest. In a process of its own, whose memory is measured.
 */

/** List that is made. */
export interface ListingLoad {
  readonly what: 'tags' | 'repositories';
  readonly repository?: string;
  readonly registry: string;
  readonly realm: string;
  readonly basic: string;
}

/** Cost of a list. */
export interface ListingResult {
  readonly milliseconds: number;
  readonly requests: number;
  readonly megabytes: number;
}

interface Row {
  readonly name: string;
  readonly created: string;
}

/** Requests at a time. */
const atOnce = 8;
const load = JSON.parse(process.argv[2] ?? '{}') as ListingLoad;
let requests = 0;
const tokens = new Map<string, Promise<string>>();

const began = performance.now();
const rows = load.what === 'tags' ? await tagRows(load.repository ?? '') : await repositoryRows();
const newest = rows.toSorted((a, b) => (a.created < b.created ? 1 : -1)).slice(0, 100);
if (newest.length !== 100) throw new Error(`there are ${newest.length} rows`);
const milliseconds = performance.now() - began;
const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
console.log(JSON.stringify({ milliseconds, requests, megabytes } satisfies ListingResult));

async function tagRows(repository: string): Promise<Row[]> {
  const names = await pages<{ tags: string[] }>(repository, `/v2/${repository}/tags/list?n=1000`, ({ tags }) => tags);
  return await inParts(names, async (name) => ({ name, created: await createdAt(repository, name) }));
}

async function repositoryRows(): Promise<Row[]> {
  const scope = 'registry:catalog:*';
  const names = await pages<{ repositories: string[] }>(
    scope,
    '/v2/_catalog?n=1000',
    ({ repositories }) => repositories,
  );
  return await inParts(names, async (repository) => {
    const { tags } = (await ask(repository, `/v2/${repository}/tags/list`)).body as { tags: string[] };
    // The newest of its tags says when something was pushed; of thousands a page would ask some.
    const dates = await inParts(tags.slice(0, 10), (tag) => createdAt(repository, tag));
    return { name: repository, created: dates.toSorted().at(-1) ?? '' };
  });
}

async function createdAt(repository: string, tag: string): Promise<string> {
  const manifest = (await ask(repository, `/v2/${repository}/manifests/${tag}`)).body as { config: { digest: string } };
  const config = await ask(repository, `/v2/${repository}/blobs/${manifest.config.digest}`);
  return (config.body as { created: string }).created;
}

async function pages<Body>(of: string, first: string, namesOf: (body: Body) => string[]): Promise<string[]> {
  const names: string[] = [];
  for (let path: string | undefined = first; path !== undefined; ) {
    const { body, link } = await ask(of, path);
    names.push(...namesOf(body as Body));
    path = /<([^>]+)>/.exec(link)?.[1];
  }
  return names;
}

async function ask(of: string, path: string): Promise<{ readonly body: unknown; readonly link: string }> {
  const url = new URL(path, load.registry);
  const headers = {
    Authorization: `Bearer ${await tokenOf(of)}`,
    Accept: 'application/vnd.oci.image.manifest.v1+json',
  };
  requests += 1;
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return { body: await answer.json(), link: answer.headers.get('link') ?? '' };
}

function tokenOf(of: string): Promise<string> {
  const known = tokens.get(of);
  if (known !== undefined) return known;
  const made = (async () => {
    const scope = of.startsWith('registry:') ? of : `repository:${of}:pull`;
    requests += 1;
    const answer = await fetch(`${load.realm}?service=local&scope=${scope}`, {
      headers: { Authorization: load.basic },
    });
    return ((await answer.json()) as { token: string }).token;
  })();
  tokens.set(of, made);
  return made;
}

async function inParts<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as Item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
