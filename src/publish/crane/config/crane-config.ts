import { dirname, resolve } from 'node:path';
import { type Diagnostic, Diagnostics } from '../../../diagnostics/diagnostic.js';
import { readTextFile } from '../../../diagnostics/read-text.js';
import { reasonOf } from '../../../diagnostics/reason.js';
import { akamaiLinks } from '../../links/akamai-links.js';
import { cloudFrontLinks } from '../../links/cloudfront-links.js';
import { craneLinks } from '../../links/crane-links.js';
import { nginxLinks } from '../../links/nginx-links.js';
import type { ContentFolders, Links } from '../parts.js';
import type { SearchBackend } from '../search/backend.js';
import { gsaSearch } from '../search/gsa.js';
import { solrSearch } from '../search/solr.js';
import { type ConfigOptions, configOptions } from './config-options.js';
import { type IniSections, readIni } from './ini.js';

/** Configuration of Crane, as a file has it. */
export interface CraneConfig {
  readonly dataDir: string | undefined;
  /** Seconds. */
  readonly interval: number | undefined;
  readonly endpoint: string | undefined;
  readonly links: { readonly v1?: Links; readonly v2?: Links };
  readonly folders: ContentFolders | undefined;
  readonly search: SearchBackend | undefined;
  readonly debug: boolean;
}

/** Seconds for which a signed address is good where the file says nothing: the slowest layer has to begin within them. */
const usualSeconds = 1200;

/** Reads Crane's configuration. @throws InputError with all errors and their lines */
export function readCraneConfig(file: string): CraneConfig {
  const diagnostics = new Diagnostics();
  let text = '';
  try {
    text = readTextFile(file);
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `${file}: ${reasonOf(error)}` });
    diagnostics.throwIfAny();
  }
  const read = readIni(text, file, diagnostics);
  const options = configOptions(read, diagnostics);
  diagnostics.throwIfAny();
  const { general, serve_content: content, gsa, solr } = options;
  const config = {
    dataDir: general.data_dir,
    interval: general.data_dir_polling_interval,
    endpoint: general.endpoint,
    links: linksOf(options, read, (path) => readTextFile(resolve(dirname(file), path)), diagnostics),
    folders: content.enable === true ? foldersOf(content) : undefined,
    search: searchOf(gsa.url, solr.url),
    debug: general.debug === true,
  };
  diagnostics.throwIfAny();
  return config;
}

/** Returns the errors of a configuration that another host is to have, with their lines. Files that it names are not read. */
export function craneConfigErrors(text: string): readonly Diagnostic[] {
  const diagnostics = new Diagnostics();
  const read = readIni(text, '', diagnostics);
  const options = configOptions(read, diagnostics);
  if (diagnostics.all.length === 0) linksOf(options, read, () => undefined, diagnostics);
  return diagnostics.all;
}

function foldersOf({
  content_dir_v1: v1 = '/var/www/pub/docker/v1/web/',
  content_dir_v2: v2 = '/var/www/pub/docker/v2/web/',
}: ConfigOptions['serve_content']): ContentFolders {
  return { v1, v2 };
}

function searchOf(gsa: string | undefined, solr: string | undefined): SearchBackend | undefined {
  if (gsa !== undefined) return gsaSearch(gsa);
  return solr === undefined ? undefined : solrSearch(solr);
}

/**
 * Makes the signer: Crane's own is for version 2 and later alone, as it was.
 * @param keyIn reads a file with a private key; undefined: it is not at hand, and there is no signer
 */
function linksOf(
  { cdn, cloudfront, akamai, nginx }: ConfigOptions,
  read: IniSections,
  keyIn: (path: string) => string | undefined,
  diagnostics: Diagnostics,
): CraneConfig['links'] {
  const both = (links: Links) => ({ v1: links, v2: links });
  const given = ['cdn', 'cloudfront', 'akamai', 'nginx'].filter((name) => (read.get(name)?.options.size ?? 0) > 0);
  const inUse = given.filter(
    (name) => name !== 'cdn' || cdn.url_auth_secret !== undefined || cdn.url_match !== undefined,
  );
  const [name = '', other] = inUse;
  const place = read.get(name)?.place;
  const wrong = (message: string): CraneConfig['links'] => {
    diagnostics.add({ code: 'wrong-value', message, ...(place === undefined ? {} : { place }) } satisfies Diagnostic);
    return {};
  };
  if (other !== undefined) return wrong(`addresses are signed in one way: [${name}] and [${other}] are given`);
  try {
    switch (name) {
      case 'cdn': {
        const { url_match: match, url_replace: replace, url_auth_secret: secret } = cdn;
        const more = { parameter: cdn.url_auth_param, algorithm: cdn.url_auth_algo };
        return { v2: { signer: craneLinks({ match, replace, secret, ...more }), seconds: cdn.url_auth_ttl ?? 300 } };
      }
      case 'cloudfront': {
        const { key_pair_id: keyPairId, private_key_file: keyFile, hash, policy, ttl = usualSeconds } = cloudfront;
        if (keyPairId === undefined || keyFile === undefined)
          return wrong('[cloudfront] needs key_pair_id and private_key_file');
        const { resource, network, window } = cloudfront;
        const privateKey = keyIn(keyFile);
        if (privateKey === undefined) return {};
        const custom = policy === 'custom' ? { resource, network, window } : undefined;
        return both({ signer: cloudFrontLinks({ keyPairId, privateKey, hash, policy: custom }), seconds: ttl });
      }
      case 'akamai': {
        const { secret: key, ttl = usualSeconds, ...more } = akamai;
        if (key === undefined) return wrong('[akamai] needs secret');
        return both({ signer: akamaiLinks({ key, ...more }), seconds: ttl });
      }
      case 'nginx': {
        const { expression, ttl = usualSeconds, client } = nginx;
        if (expression === undefined) return wrong('[nginx] needs expression');
        const names = { hashParameter: nginx.hash_parameter, endParameter: nginx.end_parameter };
        return both({ signer: nginxLinks({ expression, client, ...names }), seconds: ttl });
      }
      default:
        return {};
    }
  } catch (error) {
    return wrong(`[${name}] ${reasonOf(error)}`);
  }
}
