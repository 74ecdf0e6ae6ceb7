import { z } from 'zod';
import { defineResource, type Plan, type Reply, type Resource, registryRefs } from '../../src/index.js';
import { askRegistries } from './ask-registries.js';
import { copyByEngine, failuresIn } from './copy-by-engine.js';
import { type Image, reportName } from './image.js';
import { type ImageStanding, readAnswers, type Standings, sorted } from './read-answers.js';

const params = z.strictObject({
  upstream: z.string(),
  local: z.string(),
  images: z.array(z.strictObject({ name: z.string(), tag: z.string(), target: z.string() })),
});

/** Seconds that a sync may take: six hours. */
const deadline = 21_600;

/** A list of images that the local registry has as upstream has them. */
export const engine_images = defineResource({
  kind: 'engine_images',
  summary: 'Images that a registry has as another one has them',
  params,
  create: ({ upstream, local, images }): Resource<Standings> => ({
    kind: 'images',
    id: `${upstream} -> ${local}`,
    provides: [],
    needs: ['service:docker', 'package:curl', ...portOf(local)],
    reaches: registryRefs(local),
    staging: 'skip',
    probeDeadline: 600,
    probe: () => askRegistries(upstream, local, images),
    parse: (reply, host) => {
      if (reply.status !== 0)
        throw new Error(`could not ask the registries: ${reply.stderr.trim() || `exit status ${reply.status}`}`);
      return readAnswers(reply, images, upstream, local, host.facts.arch);
    },
    plan: (standings) => plan(standings, images, upstream, local),
  }),
});

function portOf(registry: string): `port:${string}`[] {
  const port = /:(\d+)$/.exec(registry)?.[1];
  return port === undefined ? [] : [`port:${port}`];
}

function plan(
  { problem, images: standings }: Standings,
  wanted: readonly Image[],
  upstream: string,
  local: string,
): Plan<Standings> {
  if (problem !== undefined) return { verdict: 'refused', message: problem };
  const { wanting, unobtainable } = sorted(standings);
  const details = standings.map(
    (each) => `${reportName(each.image)} ${each.is}${each.is === 'same' ? ` ${each.digest}` : ''}`,
  );
  if (wanting.length === 0 && unobtainable.length > 0) {
    const isListWrong = standings.every((each) => each.is !== 'unobtainable' || each.absent);
    return {
      verdict: 'refused',
      message: failureText(unobtainable, wanted.length),
      ...(isListWrong ? { hint: 'correct the list of images, or push them to that registry' } : {}),
    };
  }
  if (wanting.length === 0) return { verdict: 'ok', note: sameText(standings), details };
  return {
    verdict: 'change',
    summary: `copied ${wanting.length} of ${wanted.length} images: ${some(wanting.map((each) => `${reportName(each.image)}${each.is === 'different' ? ' (differed)' : ''}`))}`,
    details,
    apply: {
      via: 'sh',
      script: copyByEngine(
        wanting.map(({ image }) => image),
        upstream,
        local,
      ),
      deadline,
    },
    verify: (after, reply) => whatIsWrong(after, reply, wanted.length, upstream),
    ...(unobtainable.length === 0 ? {} : { uncertain: failureText(unobtainable, wanted.length) }),
  };
}

/** Says that all images are there, and of which that is all that is known. */
function sameText(standings: readonly ImageStanding[]): string {
  const uncompared = standings.flatMap((each) => (each.is === 'uncompared' ? [each] : []));
  const [first] = uncompared;
  if (first === undefined) return `${standings.length} images, all as upstream`;
  const which = uncompared.length === standings.length ? 'all' : `${uncompared.length}`;
  return `${standings.length} images are there, ${which} of them not compared with upstream: ${first.unasked}`;
}

function whatIsWrong(after: Standings, reply: Reply, count: number, upstream: string): string | undefined {
  if (after.problem !== undefined) return after.problem;
  const { wanting, unobtainable } = sorted(after.images);
  const failures = failuresIn(reply);
  const lacking = wanting.map((each) => {
    const name = reportName(each.image);
    const why = failures.get(name) ?? `is ${each.is} after the copy`;
    const account =
      each.is === 'missing' && each.unasked !== undefined ? `; log in to ${upstream} with the engine` : '';
    return `${name} (${why}${account})`;
  });
  const all = [...lacking, ...unobtainable];
  return all.length === 0 ? undefined : failureText(all, count);
}

function failureText(names: readonly string[], count: number): string {
  return `${names.length} of ${count} images failed: ${names.join('; ')}`;
}

function some(names: readonly string[]): string {
  const most = 5;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
