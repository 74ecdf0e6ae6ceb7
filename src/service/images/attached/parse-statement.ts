import { isRecord } from '../../../model/is-record.js';
import { tryBoundedJson } from '../../../registry/bounded-json.js';
import { foreignListOf, foreignTextOf, recordOf } from './foreign-values.js';
import { type AttachedContent, parseSbom } from './parse-sbom.js';

type Provenance = Extract<AttachedContent, { kind: 'provenance' }>;

/** Materials and parameters that are shown, characters of a parameter, characters of other predicates. */
const mostMaterials = 1000;
const mostParameters = 100;
const longestParameter = 2000;
const longestText = 16 * 1024;
/** Lists and objects of a document: a list of packages has more than a manifest. */
const mostParts = 2_000_000;

/** Reads the JSON of a document about an image; undefined where it is none, or too much of it. */
export function statementDocumentOf(text: string): unknown {
  return tryBoundedJson(text, mostParts);
}

/** Reads a statement of in-toto by its predicate: packages, provenance, or something else. Undefined where it is no statement. */
export function parseStatement(value: unknown, mediaType: string): AttachedContent | undefined {
  if (!isRecord(value) || typeof value.predicateType !== 'string' || !('predicate' in value)) return undefined;
  const { predicate } = value;
  const predicateType = foreignTextOf(value.predicateType);
  const sbom = parseSbom(predicate) ?? parseSbom(recordOf(predicate).Data);
  if (sbom !== undefined) return sbom;
  if (/slsa\.dev\/provenance/.test(predicateType)) return provenance(predicateType, recordOf(predicate));
  const text = JSON.stringify(predicate) ?? '';
  return { kind: 'attestation', mediaType, predicateType, text: text.slice(0, longestText) };
}

/** Returns the statement in an envelope (DSSE), and in the bundles that hold one. */
export function statementInEnvelope(value: unknown): unknown {
  const { payload, payloadType, dsseEnvelope } = recordOf(value);
  if (dsseEnvelope !== undefined) return statementInEnvelope(dsseEnvelope);
  if (typeof payload !== 'string' || typeof payloadType !== 'string') return undefined;
  return statementDocumentOf(Buffer.from(payload, 'base64').toString('utf8'));
}

/** Reads SLSA's provenance, 0.2 and 1. */
function provenance(predicateType: string, predicate: Readonly<Record<string, unknown>>): Provenance {
  const definition = recordOf(predicate.buildDefinition);
  const details = recordOf(predicate.runDetails);
  const invocation = recordOf(predicate.invocation);
  const metadata = recordOf(details.metadata ?? predicate.metadata);
  const external = recordOf(definition.externalParameters ?? invocation.parameters);
  const config = recordOf(invocation.configSource ?? external.configSource);
  const materials = foreignListOf(definition.resolvedDependencies ?? predicate.materials);
  return {
    kind: 'provenance',
    predicateType,
    builder: foreignTextOf(recordOf(details.builder ?? predicate.builder).id),
    buildType: foreignTextOf(definition.buildType ?? predicate.buildType),
    source: sourceOf(predicate, metadata, config),
    startedAt: foreignTextOf(metadata.startedOn ?? metadata.buildStartedOn),
    finishedAt: foreignTextOf(metadata.finishedOn ?? metadata.buildFinishedOn),
    materials: materials.slice(0, mostMaterials).map((each) => {
      const { uri, digest } = recordOf(each);
      const [first] = Object.entries(recordOf(digest));
      return {
        uri: foreignTextOf(uri),
        digest: first === undefined ? '' : `${foreignTextOf(first[0])}:${foreignTextOf(first[1])}`,
      };
    }),
    parameters: Object.fromEntries(
      Object.entries(external)
        .filter(([, value]) => (JSON.stringify(value) ?? '').length <= longestParameter)
        .slice(0, mostParameters),
    ),
  };
}

/** Returns where sources came from: as BuildKit writes it of a git checkout, else the place of the build's definition. */
function sourceOf(
  predicate: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): string {
  const buildkit = recordOf(metadata['https://mobyproject.org/buildkit@v1#metadata'] ?? metadata.buildkit_metadata);
  const vcs = recordOf(buildkit.vcs ?? recordOf(predicate.metadata).vcs);
  const [place, revision] = [foreignTextOf(vcs.source), foreignTextOf(vcs.revision)];
  if (place !== '') return revision === '' ? place : `${place}@${revision}`;
  return foreignTextOf(config.uri);
}
