import { z } from 'zod';
import {
  controllerFile,
  longestSigned,
  parseS3Address,
  RegistryError,
  readRedirectFiles,
  secret,
} from '../../src/index.js';
import { givenAuthority } from '../registry-service/directories.js';
import { listenAddress } from '../registry-service/listen-address.js';
import { plainPath, renewsAlways, servedTls } from '../registry-service/served-tls.js';
import { sectionErrors } from './crane-ini.js';
import { craneSections } from './crane-sections.js';

/** Address that stands in a unit as it is. */
const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
  .regex(/^[\w.:/[\]~-]+$/, { error: 'must be letters, digits and . : / [ ] ~ - _' });
const store = z
  .string()
  .regex(/^(?:s3:\/\/[\w./-]+|\/[\w.+@/-]*[\w.+@-])$/, {
    error: 'must be s3://BUCKET[/PREFIX], or the path of a folder',
  })
  .superRefine((text, context) => {
    try {
      parseS3Address(text);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an address or a network: 10.0.0.5, 10.0.0.0/24',
});
const word = z.string().regex(/^[\x21-\x7e]{1,4096}$/, { error: 'must be one word' });

/** Variables of the role, each checked by itself. */
const shape = z.object({
  publish_serve_state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe(
      '`absent`: stopped and removed; redirect files and its user stay unless `publish_serve_remove_data` is set',
    ),
  publish_serve_listen: listenAddress.default('0.0.0.0:5001').describe('Address and port that it listens on'),
  publish_serve_data_dir: plainPath
    .default('/var/lib/provision-publish')
    .describe('Folder of redirect files, which its user must be able to read'),
  publish_serve_redirects: controllerFile(z.string().min(1), (path) => readRedirectFiles(path).errors)
    .optional()
    .describe(
      'Folder of the controller whose redirect files, each `*.json` below it, are copied to `publish_serve_data_dir`. All are checked before any host is contacted. One that is no longer here is removed there with `--prune`',
    ),
  publish_serve_interval: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('Seconds between two looks at the redirect files: changed ones count without a restart'),
  publish_serve_config: craneSections
    .default({})
    .describe(
      "Crane's own configuration, sections with their options: `general` (`endpoint`, `debug`), `cdn`, `cloudfront`, `akamai`, `nginx`, `serve_content`, `gsa`, `solr`. For CloudFront `private_key` is brought, `{src}` of the controller or `{content}`; `private_key_file` is one of the host",
    ),
  publish_serve_search: z.boolean().default(false).describe('Search the names of the redirect files (`docker search`)'),
  publish_serve_log: z.boolean().default(false).describe('Log each request, in the journal of its unit'),
  publish_serve_tls: servedTls
    .default('own-ca')
    .describe(
      "`own-ca`: a certificate by this tool's own certificate authority, for the name in the inventory, renewed before it ends; `{ca: own, names, days, renew_days, key_type}` has its options. Or files: of the host, `{certificate, key}`, which its user must be able to read, or of the controller, `{src: {certificate, key}}`. `off`: plain http",
    ),
  publish_serve_client_ca: givenAuthority
    .optional()
    .describe(
      'Authorities of the entitlement certificates that open protected repositories: `{src}` of the controller, `{content}`, or `own-ca`',
    ),
  publish_serve_client_cert_header: z
    .string()
    .regex(/^[\w-]+$/, { error: 'must be the name of a header: X-SSL-Client-Cert' })
    .optional()
    .describe('Header in which a proxy passes on the certificate of a client, which it has verified'),
  publish_serve_trusted_proxies: z
    .array(network)
    .min(1)
    .optional()
    .describe('Addresses or networks of such proxies. Default: loopback'),
  publish_serve_store: store
    .optional()
    .describe(
      'Store that manifests are answered from, `s3://BUCKET[/PREFIX]` or a folder of the host; the rest is redirected to it',
    ),
  publish_serve_store_url: webAddress
    .optional()
    .describe('Address of its objects in redirect files. Default: that of the bucket at its service'),
  publish_serve_presign: z
    .int()
    .min(1)
    .max(longestSigned)
    .optional()
    .describe('Seconds for which an address of a blob is good that S3 has signed. Default: none is signed'),
  publish_serve_s3_endpoint: webAddress
    .optional()
    .describe('Address of the S3 service, as clients reach it too. Default: AWS'),
  publish_serve_region: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be the name of a region: eu-central-1' })
    .optional()
    .describe('Region of the bucket. Default: us-east-1'),
  publish_serve_credentials: z
    .strictObject({ access_key_id: word, secret_access_key: secret(word), session_token: secret(word).optional() })
    .optional()
    .describe(
      'Account of the bucket: `access_key_id`, `secret_access_key`, `session_token`. Default: that of the machine, as AWS tells it to its own',
    ),
  publish_serve_store_ca: givenAuthority
    .optional()
    .describe('Authority of the certificate of the S3 service: `own-ca`, `{src}` of the controller, or `{content}`'),
  publish_serve_program: plainPath
    .default('/opt/provision-publish')
    .describe('Folder of the program, which is brought from here; no other role may use it'),
  publish_serve_user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, { error: 'must be the name of a user' })
    .refine((name) => name !== 'root', { error: 'must not be root' })
    .default('provision-publish')
    .describe('User that it runs as, a system user that is made'),
  publish_serve_firewall: z
    .enum(['auto', 'none'])
    .default('auto')
    .describe('`auto`: let its port through the firewall that runs there, if one does; `none`: leave that to others'),
  publish_serve_remove_data: z
    .boolean()
    .default(false)
    .describe('With `absent`: delete `publish_serve_data_dir` as well, and its user'),
  publish_serve_force: z.boolean().default(false).describe('Update existing files that differ, as `--force` does'),
});

export type PublishVars = z.output<typeof shape>;

/** The role's variables, checked by themselves and against each other. */
export const vars = shape.superRefine((vars, context) => {
  for (const [name, message] of [...clashes(vars), ...storeClashes(vars)])
    context.addIssue({ code: 'custom', path: [name], message });
  for (const { at, message } of sectionErrors(vars.publish_serve_config))
    context.addIssue({ code: 'custom', path: ['publish_serve_config', ...at], message });
});

type Clash = readonly [name: string, message: string];

function clashes(vars: PublishVars): readonly Clash[] {
  const { publish_serve_tls: tls, publish_serve_trusted_proxies: proxies, publish_serve_client_ca: clientCa } = vars;
  return [
    ...(renewsAlways(tls) ? [['publish_serve_tls', 'renew_days must be less than days'] as const] : []),
    ...(clientCa !== undefined && tls === 'off'
      ? [['publish_serve_client_ca', 'needs TLS: set publish_serve_tls, or publish_serve_client_cert_header'] as const]
      : []),
    ...(proxies !== undefined && vars.publish_serve_client_cert_header === undefined
      ? [['publish_serve_trusted_proxies', 'means nothing without publish_serve_client_cert_header. Set it'] as const]
      : []),
  ];
}

/** Variables of the way to a bucket. */
const ofBucket = [
  'publish_serve_presign',
  'publish_serve_s3_endpoint',
  'publish_serve_region',
  'publish_serve_credentials',
  'publish_serve_store_ca',
] as const;

function storeClashes(vars: PublishVars): readonly Clash[] {
  const { publish_serve_store: store, publish_serve_store_url: url, publish_serve_config: config } = vars;
  const given = ofBucket.filter((name) => vars[name] !== undefined);
  if (store === undefined) {
    const all = [...given, ...(url === undefined ? [] : ['publish_serve_store_url'])];
    return all.map((name) => [name, 'means nothing without publish_serve_store. Set it, or leave this out']);
  }
  const { cdn, cloudfront, akamai, nginx } = config;
  const signs = [cdn?.url_auth_secret ?? cdn?.url_match, cloudfront, akamai, nginx].some((each) => each !== undefined);
  const isFolder = store.startsWith('/');
  return [
    ...(isFolder ? given : []).map((name) => [name, 'is for a bucket, and publish_serve_store is a folder'] as const),
    ...(isFolder && url === undefined
      ? [
          [
            'publish_serve_store',
            'is a folder: set publish_serve_store_url, the address at which clients have it',
          ] as const,
        ]
      : []),
    ...(vars.publish_serve_presign !== undefined && signs
      ? [['publish_serve_presign', 'addresses are signed in one way, and publish_serve_config names another'] as const]
      : []),
    ...(config.serve_content?.enable === true
      ? [
          [
            'publish_serve_store',
            'takes the place of serve_content in publish_serve_config. Leave one of them out',
          ] as const,
        ]
      : []),
  ];
}
