import { hardenedUnit } from '../registry-service/hardened-unit.js';
import { reachedAddress } from '../registry-service/listen-address.js';
import { servedTlsFiles } from '../registry-service/served-tls.js';
import {
  clientAuthorities,
  craneConfigFile,
  publishFolder,
  publishTlsFolder,
  storeAccountFile,
  storeAuthority,
} from './publish-places.js';
import type { PublishVars } from './vars.js';

/** Returns the address at which the host itself reaches the service, without a path. */
export function ownAddress({ publish_serve_listen: listen, publish_serve_tls: tls }: PublishVars): string {
  return `${tls === 'off' ? 'http' : 'https'}://${reachedAddress(listen)}`;
}

/** Returns the options of `provision publish serve`. */
export function serveOptions(vars: PublishVars): readonly string[] {
  const tls = servedTlsFiles(vars.publish_serve_tls, publishTlsFolder);
  const given: Readonly<Record<string, string | number | undefined>> = {
    config: craneConfigFile,
    listen: vars.publish_serve_listen,
    'tls-cert': tls?.certificate,
    'tls-key': tls?.key,
    'tls-client-ca': vars.publish_serve_client_ca === undefined ? undefined : clientAuthorities,
    'client-cert-header': vars.publish_serve_client_cert_header,
    store: vars.publish_serve_store,
    'store-url': vars.publish_serve_store_url,
    presign: vars.publish_serve_presign,
    's3-endpoint': vars.publish_serve_s3_endpoint,
    region: vars.publish_serve_region,
    ca: vars.publish_serve_store_ca === undefined ? undefined : storeAuthority,
  };
  return [
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ...(vars.publish_serve_trusted_proxies ?? []).flatMap((network) => ['--trusted-proxy', network]),
    ...(vars.publish_serve_search ? ['--search'] : []),
    ...(vars.publish_serve_log ? ['--log'] : []),
  ];
}

/** Returns the text of the unit. It writes nothing. */
export function publishUnitText(vars: PublishVars): string {
  const { publish_serve_program: program, publish_serve_store: store, publish_serve_config: config } = vars;
  const { content_dir_v1: v1, content_dir_v2: v2 } = config.serve_content ?? {};
  const keyFile = config.cloudfront?.private_key_file;
  return hardenedUnit({
    description: "Answers to pulls, from redirect files, as Crane's (provision publish serve)",
    after: [],
    user: vars.publish_serve_user,
    environment: {
      ...(vars.publish_serve_credentials === undefined ? {} : { AWS_SHARED_CREDENTIALS_FILE: storeAccountFile }),
    },
    command: [`${program}/bin/provision publish serve`, ...serveOptions(vars)].join(' '),
    directory: publishFolder,
    writes: [],
    reads: [program, vars.publish_serve_data_dir, store, v1, v2, keyFile].filter((path) => path !== undefined),
    listens: [vars.publish_serve_listen],
  });
}
