import type { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { wordPath } from '../../../diagnostics/shapes/value-words.js';
import type { YamlPath, YamlSource } from '../../../diagnostics/yaml/yaml-file.js';
import { isRecord } from '../../../model/is-record.js';
import type { RegistryCredentials, RegistryTrust } from '../../client/registry.js';
import { canonicalHost } from '../../reference.js';
import type { ImageList } from '../image-list.js';
import { textAt } from '../yaml-text.js';
import { hasGoTemplate, renderGoTemplate } from './go-template.js';
import { ignoredKeys, type RegsyncFile, regsyncFile } from './regsync-shape.js';
import { wantedOfSync } from './regsync-sync.js';

/** Variables of the environment that templates may name; nothing: the list may hold no templates. */
type Env = Readonly<Record<string, string | undefined>> | undefined;

/**
 * Reads the YAML of regsync (version 1). What it can ask for and has no meaning here becomes a notice. Attachments are
 * copied unless the list says no to both `referrers` and `digestTags`; regsync has both off by default.
 */
export function readRegsync(source: YamlSource, env: Env, diagnostics: Diagnostics): ImageList | undefined {
  const before = diagnostics.all.length;
  const value = renderTemplates(withoutExtensions(source.value), [], source, env, diagnostics);
  if (diagnostics.all.length > before) return undefined;
  const file = checkShape(regsyncFile, value, source, [], diagnostics);
  if (file === undefined) return undefined;
  const { creds = [], defaults = {}, sync } = file;
  const hosts = new Map(creds.map(({ registry, hostname = registry }) => [registry, hostname]));
  const at = (registry: string) => canonicalHost(hosts.get(registry) ?? registry);
  const reached = (registry: string | undefined) => (registry === undefined ? undefined : at(registry));
  return {
    wanted: sync
      .flatMap((entry, index) => wantedOfSync({ ...defaults, ...entry }, ['sync', index], source, diagnostics))
      .map((entry) => ({ ...entry, source: reached(entry.source), targetRegistry: reached(entry.targetRegistry) })),
    trust: new Map(
      creds
        .map((each) => [at(each.registry), trustOf(each)] as const)
        .filter(([, trust]) => Object.keys(trust).length > 0),
    ),
    credentials: new Map(
      creds.flatMap((each) => credentialsOf(each).map((account) => [at(each.registry), account] as const)),
    ),
    ...limitsOf(file, at),
    notices: noticesOf(file),
  };
}

/** Returns the limits of a list; to regsync 0 is none. Its `ratelimit` keeps a part of the quota of each source. */
function limitsOf({ creds = [], defaults = {}, sync }: RegsyncFile, at: (registry: string) => string) {
  const mins = [defaults, ...sync].flatMap(({ ratelimit }) => ratelimit?.min ?? []);
  const own = creds
    .map(({ registry, reqPerSec = 0, reqConcurrent = 0 }) => {
      const limits = {
        ...(reqPerSec > 0 ? { rate: reqPerSec } : {}),
        ...(reqConcurrent > 0 ? { connections: reqConcurrent } : {}),
      };
      return [at(registry), limits] as const;
    })
    .filter(([, limits]) => Object.keys(limits).length > 0);
  const all = mins.length === 0 ? [] : [['*', { reserve: Math.max(...mins) }] as const];
  const limits = [...all, ...own];
  return limits.length === 0 ? {} : { limits: Object.fromEntries(limits) };
}

type Creds = NonNullable<RegsyncFile['creds']>[number];

function trustOf({ tls, regcert, clientCert, clientKey }: Creds): Partial<RegistryTrust> {
  return {
    ...(tls === undefined ? {} : { scheme: tls === 'disabled' ? ('http' as const) : ('https' as const) }),
    ...(tls === 'insecure' ? { verify: false } : {}),
    ...(regcert === undefined ? {} : { ca: regcert }),
    ...(clientCert === undefined ? {} : { cert: clientCert }),
    ...(clientKey === undefined ? {} : { key: clientKey }),
  };
}

function credentialsOf({ user, pass, token }: Creds): RegistryCredentials[] {
  if (user !== undefined && pass !== undefined) return [{ username: user, password: pass }];
  return token === undefined ? [] : [{ identityToken: token }];
}

/** Leaves out what begins with `x-`: regsync leaves that to the user, who refers to it by YAML's aliases. */
function withoutExtensions(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

/** Returns a line for each key that is ignored, with the first place where it stands. */
function noticesOf({ creds = [], defaults = {}, sync }: RegsyncFile): string[] {
  const parts: [YamlPath, object][] = [
    ...creds.map((each, index): [YamlPath, object] => [['creds', index], each]),
    [['defaults'], defaults],
    ...sync.map((each, index): [YamlPath, object] => [['sync', index], each]),
  ];
  const seen = new Map<string, string>();
  for (const [path, part] of parts) {
    for (const key of Object.keys(part)) {
      const why = ignoredKeys[key];
      if (why !== undefined && !seen.has(key)) seen.set(key, `${wordPath([...path, key])} is ignored: ${why}`);
    }
  }
  if (sync.some(({ platform }) => platform !== undefined))
    seen.set(
      'platform',
      'platform: the image itself is copied, as regsync does it; one whose index has an attestation of it stays in an index with that',
    );
  const tagged = sync.findIndex(({ type, source, target }) => type === 'repository' && [source, target].some(hasTag));
  if (tagged >= 0)
    seen.set(
      'tagged',
      `sync[${tagged}]: its tag is ignored, as it is of type repository: tags choose which are copied`,
    );
  return [...seen.values()];
}

function hasTag(image: string): boolean {
  return /[:@]/.test(image.slice(image.lastIndexOf('/') + 1));
}

/** Keys of an account that are sent to its registry alone: nowhere else may variables and files of this machine go. */
const sentAlone = ['user', 'pass', 'token', 'regcert', 'clientCert', 'clientKey'];

/** Renders the templates of a list's accounts; those anywhere else are refused. */
function renderTemplates(
  value: unknown,
  path: YamlPath,
  source: YamlSource,
  env: Env,
  diagnostics: Diagnostics,
): unknown {
  const key = String(path.at(-1));
  if (Object.hasOwn(ignoredKeys, key)) return value;
  if (typeof value === 'string') {
    if (!hasGoTemplate(value)) return value;
    const result = renderTemplateAt(value, path, source, env);
    if ('text' in result) return result.text;
    const message = `${wordPath(path)}: ${result.error}`;
    diagnostics.add({ code: 'template', message, place: source.placeOf(path), hint: result.hint });
    return value;
  }
  // An account's number is text to regsync: 0123 without quotes keeps its zero.
  if (typeof value === 'number' && /^(user|pass|token)$/.test(key)) return textAt(source, path, value);
  if (Array.isArray(value))
    return value.map((each, index) => renderTemplates(each, [...path, index], source, env, diagnostics));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, renderTemplates(each, [...path, key], source, env, diagnostics)]),
  );
}

function renderTemplateAt(
  text: string,
  path: YamlPath,
  { value }: YamlSource,
  env: Env,
): { readonly text: string } | { readonly error: string; readonly hint?: string } {
  if (path.length !== 3 || path[0] !== 'creds' || !sentAlone.includes(String(path[2]))) {
    const error = `only ${sentAlone.slice(0, -1).join(', ')} and ${sentAlone.at(-1)} of creds may hold a template`;
    return { error, hint: 'write the value itself' };
  }
  if (Reflect.get(Object(value), 'version') !== 1) {
    const error = "only a list that says that it is regsync's may hold a template";
    return { error, hint: 'write version: 1 at its top' };
  }
  if (env === undefined) {
    const error = 'only a list that is a file of this machine may hold a template';
    return { error, hint: 'write the value itself' };
  }
  return renderGoTemplate(text, env);
}
