import { z } from 'zod';
import { secret as secretly } from '../../../model/marks/secret.js';
import { fileParams } from '../../content/file-params.js';
import { absolutePath, needs } from '../../path/path-params.js';

const lengths = { md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 } as const;
const checksumForm = /^(md5|sha1|sha224|sha256|sha384|sha512):(.+)$/;
const oneLine = z.string().regex(/^[^\n\r]*$/, { error: 'must be one line' });

/** Checksum that a file must have: as it is given, or from a list of sums on a server. */
export interface Checksum {
  readonly algorithm: keyof typeof lengths;
  readonly hex: string | undefined;
  readonly list: string | undefined;
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL, http://… or https://…', abort: true })
  .refine((url) => withoutCredentials(url), {
    error: 'must not hold a password: `username` and `password` are for that',
  });

const checksum = z
  .string()
  .regex(checksumForm, { error: 'must be sha256:… (or md5, sha1, sha224, sha384, sha512)' })
  .transform((text, context): Checksum => {
    const [, named, rest = ''] = checksumForm.exec(text) ?? [];
    const algorithm = named as keyof typeof lengths;
    if (/^https?:\/\//.test(rest)) return { algorithm, hex: undefined, list: rest };
    if (!/^[0-9a-f]+$/i.test(rest) || rest.length !== lengths[algorithm]) {
      context.addIssue(
        `must be ${lengths[algorithm]} digits of 0 to f after ${algorithm}:, or the URL of a list of sums`,
      );
    }
    return { algorithm, hex: rest.toLowerCase(), list: undefined };
  });

export const getUrlParams = z
  .strictObject({
    url: httpUrl.describe('URL that the host itself downloads from'),
    dest: absolutePath.describe('Path of the downloaded file'),
    checksum: checksum
      .optional()
      .describe(
        'Checksum that it must have: `sha256:…`, or `sha256:https://…/SHA256SUMS`, a list of sums that names the file',
      ),
    headers: z
      .record(z.string().regex(/^[\w-]+$/, { error: 'is not a name of a header' }), secretly(oneLine))
      .default({})
      .describe('Headers to send; kept out of all output'),
    username: secretly(oneLine).optional().describe('User name for the server'),
    password: secretly(oneLine).optional().describe('Password for the server'),
    timeout: z.int().min(1).max(86400).default(600).describe('Seconds that it may take at most'),
    insecure: z.boolean().default(false).describe('Accept any certificate'),
    ...fileParams,
    force: fileParams.force.describe(
      'Replace a file with another checksum; without a checksum, ask the server for a newer file',
    ),
    needs,
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    error: 'username and password must be given together',
    path: ['username'],
  })
  .refine(({ username }) => username?.includes(':') !== true, { error: 'must not hold a colon', path: ['username'] });

export type GetUrlParams = z.output<typeof getUrlParams>;

function withoutCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}
