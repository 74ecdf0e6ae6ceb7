import { z } from 'zod';
import { defineResource, joinSh, type Plan, type Reply, type Resource, sh } from '../../../src/index.js';
import { askRegistries } from '../../image-sync/ask-registries.js';
import { reportName } from '../../image-sync/image.js';
import { type ImageStanding, readAnswers, sorted } from '../../image-sync/read-answers.js';
import { asStack } from './as-stack.js';
import { groupsOf } from './by-registry.js';
import type { ListedImage } from './listed-images.js';

const params = z.strictObject({
  images: z.custom<readonly ListedImage[]>(),
  /** Words after `openstack` that upload them all. */
  words: z.array(z.string()),
  /** The file that they are listed in. */
  file: z.string(),
});

type Params = z.output<typeof params>;

interface Uploaded {
  readonly problems: readonly string[];
  readonly standings: readonly ImageStanding[];
}

/** Seconds that an upload may take: six hours. */
const deadline = 21_600;

/** The images of an overcloud in the undercloud's registry as upstream has them, brought there by the `openstack` command. */
export const uploaded_images = defineResource({
  kind: 'uploaded_images',
  summary: "The overcloud's images, uploaded by the undercloud",
  params,
  create: (params): Resource<Uploaded> => ({
    kind: 'uploaded_images',
    id: params.file,
    provides: [],
    needs: [`path:${params.file}`, 'service:docker', 'package:curl'],
    staging: 'skip',
    probeDeadline: 600,
    probe: () =>
      joinSh(
        groupsOf(params.images).map(
          ({ from, to, images }) => sh`echo @group
(
${askRegistries(from, to, images)}
)`,
        ),
      ),
    parse: (reply, { facts }) => parse(reply, params.images, facts.arch),
    plan: (state) => plan(state, params),
  }),
});

function parse(reply: Reply, images: readonly ListedImage[], arch: string): Uploaded {
  const [, ...answers] = `\n${reply.stdout}`.split('\n@group\n');
  const each = groupsOf(images).map(({ from, to, images }, index) => ({
    sourceKnown: from !== to,
    ...readAnswers({ ...reply, stdout: answers[index] ?? '' }, images, from, to, arch),
  }));
  return {
    problems: each.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    standings: each.flatMap(({ sourceKnown, images }) =>
      images.map(
        (standing): ImageStanding =>
          sourceKnown || standing.is === 'same' ? standing : { image: standing.image, is: 'missing' },
      ),
    ),
  };
}

function plan({ problems, standings }: Uploaded, { images, words, file }: Params): Plan<Uploaded> {
  if (images.length === 0) return { verdict: 'refused', message: `${file} lists no images` };
  if (problems.length > 0) return { verdict: 'refused', message: problems.join('; ') };
  const { wanting, unobtainable: lacking } = sorted(standings);
  const details = standings.map((each) => `${reportName(each.image)} ${inWords(each)}`);
  const count = standings.length;
  if (wanting.length === 0 && lacking.length > 0) {
    return {
      verdict: 'refused',
      message: failureText(lacking, count),
      hint: 'correct the list of images, or push them to that registry',
    };
  }
  if (wanting.length === 0) return { verdict: 'ok', note: `all ${count} images of ${file} are there`, details };
  return {
    verdict: 'change',
    summary: `openstack ${words.slice(0, 4).join(' ')}: ${wanting.length} of ${count} images were missing or differed`,
    details,
    apply: { via: 'sh', script: asStack(words), deadline },
    verify: (after) => {
      if (after.problems.length > 0) return after.problems.join('; ');
      const left = sorted(after.standings);
      const all = [...left.wanting.map((each) => `${reportName(each.image)} (${inWords(each)})`), ...left.unobtainable];
      return all.length === 0 ? undefined : failureText(all, count);
    },
    ...(lacking.length === 0 ? {} : { uncertain: failureText(lacking, count) }),
  };
}

function inWords(standing: ImageStanding): string {
  switch (standing.is) {
    case 'same':
      return `same ${standing.digest}`;
    case 'different':
      return standing.is;
    case 'missing':
      return standing.unasked ?? standing.is;
    case 'uncompared':
      return `there, not compared: ${standing.unasked}`;
    case 'unobtainable':
      return standing.why;
  }
}

function failureText(names: readonly string[], count: number): string {
  return `${names.length} of ${count} images failed: ${names.join('; ')}`;
}
