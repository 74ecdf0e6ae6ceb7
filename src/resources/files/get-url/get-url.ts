import { posix } from 'node:path';
import { defineResource } from '../../../model/define-resource.js';
import type { HostContext, Plan, Resource } from '../../../model/resource.js';
import { joinSh, type Sh, sh } from '../../../sh.js';
import { forceHint, isForced } from '../../content/kept-content.js';
import { attributesToGive, inPlaceOf } from '../../content/plan-content.js';
import { digestValue, fileKey, fileRemoval } from '../../content/recorded-file.js';
import { replaceHostFile } from '../../content/replace-file.js';
import { missingFolder, obstacleToFile } from '../../path/obstacle.js';
import { planAttributes } from '../../path/plan-attributes.js';
import { accountNeeds, pathNeeds } from '../../path/refs.js';
import { fetchConfig, fetchFunction } from './get-url-fetch.js';
import { type GetUrlParams, getUrlParams } from './get-url-params.js';
import { type DownloadState, describeFunction, parseDownload, probeDownload, recordPath } from './get-url-state.js';

/**
 * File that the host downloads. It is written beside its place, hashed, and takes its place then.
 *
 * @example get_url({ url: 'https://example.com/tool', dest: '/usr/local/bin/tool', checksum: 'sha256:…', mode: '0755' })
 */
export const get_url = defineResource({
  kind: 'get_url',
  summary: 'A file that the host downloads',
  params: getUrlParams,
  create: (params): Resource<DownloadState> => {
    const { dest, owner, group } = params;
    return {
      kind: 'get_url',
      id: dest,
      provides: [`path:${dest}`],
      needs: [...params.needs, 'package:*', ...pathNeeds(dest), ...accountNeeds(owner, group)],
      staging: 'path',
      probeDeadline: 660,
      probe: (host) => probeDownload(params, host),
      parse: (reply, host) => parseDownload(reply, params, host.at(dest)),
      plan: (state, host) => plan(state, params, host),
      result: ({ type, size, mode, owner, group }) => ({ exists: type !== 'absent', size, mode, owner, group }),
    };
  },
});

function plan(state: DownloadState, params: GetUrlParams, host: HostContext): Plan<DownloadState> {
  const { checksum } = params;
  const path = host.at(params.dest);
  const obstacle = obstacleToFile(state, path);
  if (obstacle !== undefined) return obstacle;
  if (state.problem !== undefined)
    return state.tool === undefined ? noDownloader : { verdict: 'refused', message: state.problem };
  const exists = state.type !== 'absent';
  const forced = isForced(params, host);
  if (exists && (checksum === undefined ? !forced || isAsServed(state) : state.digest === state.wanted)) {
    const attributes = planAttributes(state, params, path, host);
    if (attributes.verdict !== 'ok' || checksum !== undefined || forced) return attributes;
    return { ...attributes, note: 'it exists; only a checksum can tell whether its content is right' };
  }
  const summary = exists ? (checksum === undefined ? 'downloaded anew' : 'content replaced') : 'downloaded';
  if (exists && !forced) {
    return { verdict: 'kept', summary: `exists and has another ${checksum?.algorithm}`, hint: forceHint(params) };
  }
  if (state.tool === undefined) return noDownloader;
  const missing = missingFolder(state, path, host.root);
  const written = { key: fileKey(path), value: digestAhead(state, params) ?? 'not known yet' };
  return {
    verdict: 'change',
    summary,
    writes: [exists ? written : { ...written, removal: fileRemoval(path) }],
    wrote: ({ stdout }) => {
      const [, digest] = /^sha256 ([0-9a-f]{64})$/m.exec(stdout) ?? [];
      return digest === undefined ? [] : [{ ...written, value: digestValue(digest) }];
    },
    apply: {
      via: 'sh',
      script: download(state, params, host),
      stdin: fetchConfig(state.tool, params.url, params),
      deadline: params.timeout + 60,
    },
    // Without a checksum, what was written is what there is to be.
    ...(checksum === undefined ? { verify: ({ type }) => (type === 'file' ? undefined : 'it is not there') } : {}),
    ...(missing === undefined ? {} : { uncertain: missing }),
  };
}

const noDownloader = {
  verdict: 'refused',
  message: 'there is neither curl nor wget on this host',
  hint: 'package: {name: curl}',
} as const;

/** Returns the digest of the content as records name it, where it is known before the download. */
function digestAhead({ wanted }: DownloadState, { checksum }: GetUrlParams): string | undefined {
  return checksum?.algorithm === 'sha256' && wanted !== undefined ? digestValue(wanted) : undefined;
}

/** Tells whether the server still has what was downloaded, and so has the host. */
function isAsServed({ served, record }: DownloadState): boolean {
  return served !== undefined && /^(etag|last-modified):/im.test(served) && served === record;
}

function download(state: DownloadState, params: GetUrlParams, host: HostContext): Sh {
  const { url, dest, checksum, validate, backup } = params;
  const record = recordPath(dest, host);
  const replace = replaceHostFile({
    path: state.real,
    makeFolders: host.root !== '',
    fill: fill(state, params),
    attributes: attributesToGive(state, params, host),
    validate,
    backup,
    ...inPlaceOf(state, params, host),
  });
  return joinSh([
    fetchFunction,
    sh`tool=${state.tool ?? ''}; config=$(cat)
failed() {
  echo ${`${url} was not downloaded:`} "$2" >&2
  case $tool$1 in curl35|curl60|curl77|wget5) echo "this host doesn't trust that server: ca_certificate brings its authority" >&2 ;; esac
  exit 1
}`,
    // Queried before the download, so that a change in between is seen by the next run.
    ...(checksum === undefined ? [sh`headers=$(fetch '' 2>/dev/null)`] : []),
    sh`${replace} || exit`,
    ...(checksum === undefined
      ? [
          describeFunction,
          sh`{ (umask 022; mkdir -p ${posix.dirname(record)}) && described ${state.real} >${record}; } 2>/dev/null; :`,
        ]
      : []),
    ...(digestAhead(state, params) === undefined
      ? [sh`sum=$(sha256sum <${state.real}) && printf 'sha256 %s\n' "\${sum%% *}"; :`]
      : []),
  ]);
}

function fill(state: DownloadState, { url, checksum }: GetUrlParams): Sh {
  const get = sh`errors=$(fetch "$temp" 2>&1 >/dev/null) || failed "$?" "\${errors:-it was cut off}"`;
  if (checksum === undefined) return get;
  return sh`${get}
sum=$(${`${checksum.algorithm}sum`} <"$temp") || exit
[ "\${sum%% *}" = ${state.wanted ?? ''} ] || {
  echo ${`what ${url} gives has the ${checksum.algorithm}`} "\${sum%% *}," ${`not ${state.wanted}: nothing was changed`} >&2; exit 1; }`;
}
