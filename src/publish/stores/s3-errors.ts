import { isRecord } from '../../model/is-record.js';
import { RegistryError, type RegistryErrorKind } from '../../registry/registry-error.js';

/** Place of an error: bucket and service. */
export interface S3Place {
  readonly bucket: string;
  /** `https://s3.example.com`, or `AWS, region eu-west-1`. */
  readonly service: string;
  /** Names of the options by which a user mends it. Default: those of `provision publish`. */
  readonly options?: BucketOptionNames | undefined;
}

/** Names of the options of a bucket, as hints have them. */
export interface BucketOptionNames {
  readonly endpoint: string;
  readonly region: string;
  readonly profile: string;
  readonly ca: string;
  /** Words for making the bucket: `create it with --create`. */
  readonly create: string;
  /** Words for letting everybody read without ACLs. */
  readonly policy: string;
}

/** Names of the options of `provision publish`. */
const publishOptionNames: BucketOptionNames = {
  endpoint: '--endpoint',
  region: '--region',
  profile: '--profile',
  ca: '--ca',
  create: 'create it with --create',
  policy: 'use --public-policy in place of --public, which allows reading by a policy of the bucket',
};

interface Cause {
  readonly kind: RegistryErrorKind;
  readonly message: (place: S3Place, error: Readonly<Record<string, unknown>>) => string;
  readonly hint: string | ((options: BucketOptionNames) => string);
}

const wrongRegion: Cause = {
  kind: 'input',
  message: ({ bucket, service }, error) =>
    `the bucket ${bucket} is in ${regionIn(error)}, not where ${service} was asked`,
  hint: ({ region }) => `give its region with ${region}`,
};
const wrongKey: Cause = {
  kind: 'unauthorized',
  message: ({ service }) => `${service} does not know this access key`,
  hint: ({ profile }) => `check AWS_ACCESS_KEY_ID, or the profile in ~/.aws/credentials (${profile})`,
};
const wrongClock: Cause = {
  kind: 'unauthorized',
  message: ({ service }) => `${service} refuses the time of this machine: ${new Date().toISOString()}`,
  hint: "set this machine's clock",
};
const expired: Cause = {
  kind: 'unauthorized',
  message: ({ service }) => `the temporary credentials for ${service} are out of date, or not valid`,
  hint: 'fetch new ones, as with `aws sso login`',
};
const otherBytes: Cause = {
  kind: 'corrupt',
  message: ({ service }) => `${service} received other bytes than were sent`,
  hint: 'try again; look for a proxy that changes what is sent',
};

/** Errors by the codes of S3 ("Error responses"), and of the SDK. */
const causes: Readonly<Record<string, Cause>> = {
  InvalidAccessKeyId: wrongKey,
  SignatureDoesNotMatch: {
    kind: 'unauthorized',
    message: ({ service }) => `${service} refuses the signature: the secret key does not belong to the access key`,
    hint: ({ profile }) => `check AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials (${profile})`,
  },
  RequestTimeTooSkewed: wrongClock,
  RequestExpired: wrongClock,
  ExpiredToken: expired,
  InvalidToken: expired,
  CredentialsProviderError: {
    kind: 'unauthorized',
    message: ({ service }, error) => `there are no credentials for ${service}: ${textOf(error.message)}`,
    hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them in ~/.aws/credentials',
  },
  NoSuchBucket: {
    kind: 'not-found',
    message: ({ bucket, service }) => `there is no bucket ${bucket} at ${service}`,
    hint: ({ create }) => `correct its name, or ${create}`,
  },
  InvalidBucketName: {
    kind: 'input',
    message: ({ bucket, service }) => `${service} does not take ${bucket} as the name of a bucket`,
    hint: 'use 3 to 63 small letters, digits, dots and hyphens',
  },
  BucketAlreadyExists: {
    kind: 'denied',
    message: ({ bucket, service }) => `the bucket ${bucket} at ${service} belongs to somebody else`,
    hint: 'choose another name',
  },
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  AccessControlListNotSupported: {
    kind: 'unsupported',
    message: ({ bucket }) => `the bucket ${bucket} takes no ACLs`,
    hint: ({ policy }) => policy,
  },
  BadDigest: otherBytes,
  XAmzContentSHA256Mismatch: otherBytes,
  EntityTooLarge: {
    kind: 'input',
    message: ({ service }) => `${service} refuses an object as it is too large`,
    hint: 'raise the limit of the service',
  },
  QuotaExceeded: {
    kind: 'denied',
    message: ({ bucket }) => `the quota of ${bucket} is used up`,
    hint: 'raise the quota',
  },
};

/** Makes the error of a request to S3. @param action `store acme-app/x` @returns a RegistryError; one that is one already stays */
export function s3Error(error: unknown, action: string, place: S3Place): RegistryError {
  if (error instanceof RegistryError) return error;
  const fields = isRecord(error) ? error : {};
  const name = textOf(fields.name);
  const status = s3StatusOf(error);
  const details = { cause: error, status, codes: name === '' ? [] : [name] };
  const known = causes[name] ?? (status === 301 || status === 307 ? wrongRegion : undefined);
  const could = `could not ${action}`;
  const options = place.options ?? publishOptionNames;
  const checkEndpoint = `check the endpoint (${options.endpoint})`;
  if (known !== undefined) {
    const hint = typeof known.hint === 'string' ? known.hint : known.hint(options);
    return new RegistryError(known.kind, `${could}: ${known.message(place, fields)}`, { ...details, hint });
  }
  if (name === 'AbortError') return new RegistryError('interrupted', `${could}: interrupted`, details);
  if (status === 403 || status === 401)
    return new RegistryError('denied', `${could}: ${place.service} does not allow it in ${place.bucket}`, {
      ...details,
      hint: 'allow it in the rights of this account, or in the policy of the bucket',
    });
  if (status === 404)
    return new RegistryError('not-found', `${could}: it is not in ${place.bucket}`, {
      ...details,
      hint: `check the bucket, and the endpoint (${options.endpoint})`,
    });
  if (status === 429 || status === 503 || name === 'SlowDown')
    return new RegistryError('rate-limited', `${could}: ${place.service} has too much to do`, {
      ...details,
      hint: 'try again later',
    });
  const code = textOf(fields.code) || textOf(isRecord(fields.cause) ? fields.cause.code : undefined);
  if (status === undefined) {
    const where = `${could}: ${place.service}`;
    return connectionError(where, code, textOf(fields.message), details, options);
  }
  if (status < 400)
    return new RegistryError('protocol', `${could}: ${place.service} does not answer as S3 does`, {
      ...details,
      hint: checkEndpoint,
    });
  const said = `${name}${textOf(fields.message) === '' ? '' : `: ${textOf(fields.message)}`}`;
  return new RegistryError(
    status >= 500 ? 'server' : 'protocol',
    `${could}: ${place.service} answered ${status} ${said}`,
    {
      ...details,
      hint: status >= 500 ? 'look at the log of the service' : checkEndpoint,
    },
  );
}

function connectionError(
  where: string,
  code: string,
  message: string,
  details: { cause: unknown },
  options: BucketOptionNames,
): RegistryError {
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|EPROTO|ERR_SSL/.test(code))
    return new RegistryError('tls', `${where} has a certificate that is not trusted: ${message}`, {
      ...details,
      hint: `give the file of its authority with ${options.ca}`,
    });
  return new RegistryError('unreachable', `${where} is not reached: ${code === '' ? message : code}`, {
    ...details,
    hint: `check the endpoint (${options.endpoint}) and the network`,
  });
}

/** Returns the HTTP status of an error of the SDK. */
export function s3StatusOf(error: unknown): number | undefined {
  const metadata = isRecord(error) ? error.$metadata : undefined;
  const status = isRecord(metadata) ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Returns true for errors after which the same may succeed. */
export function isWorthRetry(error: unknown): boolean {
  const status = s3StatusOf(error);
  const name = isRecord(error) ? textOf(error.name) : '';
  if (name === 'AbortError' || name === 'CredentialsProviderError' || error instanceof RegistryError) return false;
  if (['RequestTimeout', 'SlowDown'].includes(name)) return true;
  return status === undefined ? isRecord(error) && textOf(error.code) !== '' : status >= 500 || status === 429;
}

function regionIn(error: Readonly<Record<string, unknown>>): string {
  const said = textOf(error.Region) || /expecting '([a-z0-9-]+)'/.exec(textOf(error.message))?.[1];
  return said === undefined || said === '' ? 'another region' : `the region ${said}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : '';
}
