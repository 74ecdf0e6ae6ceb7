import type { RegistryTrust } from '../../../registry/client/registry.js';
import type { ImageResult } from '../../../registry/copy/sync-report.js';
import type { EngineName } from '../../../registry/engine/engine.js';
import { findEngine } from '../../../registry/engine/find-engine.js';
import { pullImage } from '../../../registry/engine/pull-image.js';
import { plainEntry } from '../../../registry/lists/entry-fields.js';
import type { ImageList } from '../../../registry/lists/image-list.js';
import { parseReference, type Reference, referenceText } from '../../../registry/reference.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { printJson, printLines } from '../../terminal/output.js';
import { runUntilStopped } from '../../terminal/run-until-stopped.js';
import type { SourceRequest } from '../opener.js';
import { resultLines } from '../report-text.js';
import { openSources } from '../sides.js';

/** Arguments and options of `provision images pull`. */
export interface PullRequest extends Omit<SourceRequest, 'from'> {
  readonly images: readonly string[];
  readonly as: string | undefined;
  readonly engine: EngineName | undefined;
  readonly platform: string | undefined;
  readonly output: 'live' | 'lines' | 'json' | undefined;
  readonly json: boolean;
  readonly verbose: number;
  readonly color: boolean | undefined;
}

/** Runs `provision images pull`. @returns the exit status */
export async function pullAction(request: PullRequest): Promise<number> {
  const json = request.json || request.output === 'json';
  return runUntilStopped(request, async (signal) => {
    if (request.as !== undefined && request.images.length > 1)
      throw new RegistryError('input', `--as names one image, and ${request.images.length} are given`);
    const wanted = request.images.map(readImage);
    const name = request.as === undefined ? undefined : nameInEngine(request.as);
    const sources = await openSources({ ...request, from: undefined }, listOf(wanted), signal);
    try {
      const { engine } = await findEngine(request.engine, []);
      const platform = request.platform ?? (await engine.platform());
      const results: ImageResult[] = [];
      for (const { reference } of wanted) {
        const { image, notices } = await pullImage({
          ...reference,
          engine,
          source: sources.sourceOf(reference.registry),
          name: name ?? nameInEngine(referenceText({ ...reference, digest: undefined })),
          platform,
          signal,
        });
        results.push(image);
        if (!json) printLines([...notices, ...resultLines(image, true)]);
      }
      if (json) printJson({ engine: engine.name, images: results }, 2);
      return results.some(({ state }) => state === 'failed') ? (signal.aborted ? 130 : 2) : 0;
    } finally {
      await sources.close();
    }
  });
}

/** Reads `[http[s]://]registry/repository[:tag][@digest]`. @throws RegistryError `input` */
function readImage(text: string): {
  readonly scheme: RegistryTrust['scheme'] | undefined;
  readonly reference: Reference;
} {
  const [, scheme, name = text] = /^(https?):\/\/(.*)$/s.exec(text) ?? [];
  const reference = parseReference(name);
  const tag = reference.tag ?? (reference.digest === undefined ? 'latest' : undefined);
  return { scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined, reference: { ...reference, tag } };
}

function listOf(wanted: readonly ReturnType<typeof readImage>[]): ImageList {
  return {
    wanted: wanted.map(({ reference }) => plainEntry(reference.repository, reference.registry)),
    trust: new Map(
      wanted.flatMap(({ scheme, reference }) =>
        scheme === undefined ? [] : [[reference.registry, { scheme }] as const],
      ),
    ),
    credentials: new Map(),
    notices: [],
  };
}

/** Returns a name with a tag, as engines want it; `localhost/` and Docker Hub's prefix are not added. */
function nameInEngine(text: string): string {
  const { registry, repository, tag = 'latest' } = parseReference(text, '-');
  return registry === '-' ? `${repository}:${tag}` : `${registry}/${repository}:${tag}`;
}
