import { checkShape } from '../../diagnostics/check-shape.js';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { wordPath } from '../../diagnostics/value-words.js';
import type { YamlPath, YamlSource } from '../../diagnostics/yaml-file.js';
import type { Credentials, RegistryTrust } from '../client/registry.js';
import { renderGoTemplate } from './go-template.js';
import type { ImageList } from './image-list.js';
import { meaningless, type RegsyncFile, regsyncFile } from './regsync-shape.js';
import { wantedOfSync } from './regsync-sync.js';
import { textAt } from './yaml-text.js';

/**
 * Reads the YAML of regsync (version 1). What it can ask for and has no meaning here becomes a notice. Attachments are
 * copied unless the list says no to both `referrers` and `digestTags`; regsync has both off by default.
 */
export function readRegsync(
  source: YamlSource,
  env: Readonly<Record<string, string | undefined>>,
  diagnostics: Diagnostics,
): ImageList | undefined {
  const before = diagnostics.all.length;
  const value = rendered(source.value, [], source, env, diagnostics);
  if (diagnostics.all.length > before) return undefined;
  const file = checkShape(regsyncFile, value, source, [], diagnostics);
  if (file === undefined) return undefined;
  const { creds = [], defaults = {}, sync } = file;
  return {
    wanted: sync.flatMap((entry, index) =>
      wantedOfSync({ ...defaults, ...entry }, ['sync', index], source, diagnostics),
    ),
    trust: new Map(creds.map((each) => [each.registry, trustOf(each)])),
    credentials: new Map(
      creds.flatMap((each) => credentialsOf(each).map((account) => [each.registry, account] as const)),
    ),
    notices: noticesOf(file),
  };
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

function credentialsOf({ user, pass, token }: Creds): Credentials[] {
  if (user !== undefined && pass !== undefined) return [{ username: user, password: pass }];
  return token === undefined ? [] : [{ identityToken: token }];
}

/** A line for each key that has no meaning here, with the first place where it stands. */
function noticesOf({ creds = [], defaults = {}, sync }: RegsyncFile): string[] {
  const parts: [YamlPath, object][] = [
    ...creds.map((each, index): [YamlPath, object] => [['creds', index], each]),
    [['defaults'], defaults],
    ...sync.map((each, index): [YamlPath, object] => [['sync', index], each]),
  ];
  const seen = new Map<string, string>();
  for (const [path, part] of parts) {
    for (const key of Object.keys(part)) {
      const why = meaningless[key];
      if (why !== undefined && !seen.has(key)) seen.set(key, `${wordPath([...path, key])} has no meaning here: ${why}`);
    }
  }
  if (sync.some(({ platform }) => platform !== undefined))
    seen.set(
      'platform',
      'platform: the target gets an index with this platform alone; regsync puts the bare manifest there',
    );
  return [...seen.values()];
}

/** The value with its templates rendered, in texts only, as regsync does. */
function rendered(
  value: unknown,
  path: YamlPath,
  source: YamlSource,
  env: Readonly<Record<string, string | undefined>>,
  diagnostics: Diagnostics,
): unknown {
  if (typeof value === 'string') {
    const result = renderGoTemplate(value, env);
    if ('text' in result) return result.text;
    diagnostics.add({ code: 'template', message: result.mistake, place: source.placeOf(path) });
    return value;
  }
  // An account's number is text to regsync: 0123 without quotes keeps its zero.
  if (typeof value === 'number' && /^(user|pass|token)$/.test(String(path.at(-1)))) return textAt(source, path, value);
  if (Array.isArray(value))
    return value.map((each, index) => rendered(each, [...path, index], source, env, diagnostics));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, rendered(each, [...path, key], source, env, diagnostics)]),
  );
}
