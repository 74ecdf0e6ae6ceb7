import { z } from 'zod';
import type { Reply } from '../../src/index.js';
import { type Image, reportName } from './image.js';

/** State of one image. */
export type ImageStanding =
  | { readonly image: Image; readonly is: 'same'; readonly digest: string }
  | { readonly image: Image; readonly is: 'different' }
  | {
      readonly image: Image;
      readonly is: 'missing';
      /** Reason why upstream was not asked: it wants an account or a token, which the host's engine may have. */
      readonly unasked?: string;
    }
  /** It is there, and upstream could not be asked without an account or a token. */
  | { readonly image: Image; readonly is: 'uncompared'; readonly unasked: string }
  /** It cannot be had upstream, or one of the sides cannot be asked. */
  | {
      readonly image: Image;
      readonly is: 'unobtainable';
      readonly why: string;
      /** True where upstream does not have it. */
      readonly absent: boolean;
    };

export interface Standings {
  /** Problem that prevented any answer; then `images` is empty. */
  readonly problem: string | undefined;
  readonly images: readonly ImageStanding[];
}

/** Reads what the script of {@link askRegistries} printed. @param arch `uname -m` of the host: its docker pulls for it */
export function readAnswers(
  reply: Reply,
  images: readonly Image[],
  upstream: string,
  local: string,
  arch: string,
): Standings {
  const [head = '', tail = ''] = reply.stdout.split('@bodies\n');
  if (head.startsWith('no-curl')) return { problem: 'there is no curl on the host', images: [] };
  const lines = head.split('\n').map((line) => line.split(' '));
  const base = (side: string) => lines.find(([word, which]) => word === 'base' && which === side);
  const down = [...unanswered(base('up'), upstream), ...unanswered(base('own'), local)];
  if (down.length > 0) return { problem: down.join('; '), images: [] };
  const answers = new Map(
    lines.filter(([n]) => n !== undefined && /^\d+$/.test(n)).map(([n, side, ...rest]) => [`${n} ${side}`, rest]),
  );
  const bodies = bodiesOf(tail);
  return {
    problem: undefined,
    images: images.map((image, index): ImageStanding => {
      const [upStatus = '000', upDigest = ''] = answers.get(`${index} up`) ?? [];
      const [ownStatus = '000', ownDigest = ''] = answers.get(`${index} own`) ?? [];
      // curl has neither account nor token, and the engine may have both: whether that is so, its pull tells.
      const unasked = ['401', '403'].includes(upStatus) ? refusal(upStatus, upstream) : undefined;
      if (upStatus !== '200' && unasked === undefined)
        return { image, is: 'unobtainable', why: refusal(upStatus, upstream), absent: upStatus === '404' };
      if (ownStatus === '404') return { image, is: 'missing', ...(unasked === undefined ? {} : { unasked }) };
      if (ownStatus !== '200') return { image, is: 'unobtainable', why: refusal(ownStatus, local), absent: false };
      if (unasked !== undefined) return { image, is: 'uncompared', unasked };
      if (upDigest === ownDigest) return { image, is: 'same', digest: ownDigest };
      const theirs = configOf(bodies, `${base('up')?.[2]}/v2/${image.name}/manifests/`, image.tag, arch);
      const ours = configOf(bodies, `${base('own')?.[2]}/v2/${image.target}/manifests/`, image.tag, arch);
      return theirs !== undefined && theirs === ours
        ? { image, is: 'same', digest: ownDigest }
        : { image, is: 'different' };
    }),
  };
}

function unanswered(base: readonly string[] | undefined, registry: string): string[] {
  const [, , url = registry, status = '000', ...why] = base ?? [];
  return status === '000' ? [`${url} does not answer${why.length === 0 ? '' : `: ${why.join(' ').trim()}`}`] : [];
}

function refusal(status: string, registry: string): string {
  switch (status) {
    case '404':
      return `${registry} does not have it`;
    case '401':
    case '403':
      return `${registry} asks for an account (${status})`;
    case '000':
      return `${registry} did not answer`;
    default:
      return `${registry} answered ${status}`;
  }
}

const manifestSchema = z.object({
  config: z.object({ digest: z.string() }).optional(),
  manifests: z
    .array(
      z.object({
        digest: z.string(),
        platform: z.object({ os: z.string(), architecture: z.string() }).partial().optional(),
      }),
    )
    .optional(),
});

type Manifest = z.output<typeof manifestSchema>;

function bodiesOf(text: string): ReadonlyMap<string, Manifest> {
  const bodies = new Map<string, Manifest>();
  let from = 0;
  for (const match of text.matchAll(/\n@body (\d+) (\S+)\n/g)) {
    const body = text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] !== '200') continue;
    const parsed = manifestSchema.safeParse(parseJson(body));
    if (parsed.success) bodies.set(match[2] ?? '', parsed.data);
  }
  return bodies;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not a manifest: the images then count as different.
  }
}

/** The digest of an image's configuration names all its content: the same for an image that was packed anew. */
function configOf(
  bodies: ReadonlyMap<string, Manifest>,
  folder: string,
  reference: string,
  arch: string,
): string | undefined {
  const manifest = bodies.get(folder + reference);
  if (manifest?.manifests === undefined) return manifest?.config?.digest;
  const wanted = goArch(arch);
  const child = manifest.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === wanted);
  return child === undefined ? undefined : bodies.get(folder + child.digest)?.config?.digest;
}

function goArch(arch: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm',
    armv6l: 'arm',
    i686: '386',
  };
  return names[arch] ?? arch;
}

/** The images that need copying, and those that can't be. */
export function sorted(standings: readonly ImageStanding[]) {
  return {
    wanting: standings.filter((each) => each.is === 'missing' || each.is === 'different'),
    unobtainable: standings.flatMap((each) =>
      each.is === 'unobtainable' ? [`${reportName(each.image)} (${each.why})`] : [],
    ),
  };
}
