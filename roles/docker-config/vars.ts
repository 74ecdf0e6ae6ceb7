import { z } from 'zod';
import { insecureRegistryError, logOptionError, mirrorError, secret } from '../../src/index.js';
import { credential } from './credentials.js';
import { checkDaemonOptions } from './daemon-options.js';
import { imageName } from './image-name.js';
import { registryCertificate } from './registry-certificate.js';

const registry = z.string().regex(/^[A-Za-z0-9[][A-Za-z0-9.:_/[\]-]*$/, {
  error: 'must be a registry as docker names it: host, host:port, or a network in CIDR form',
});
/** Text that dockerd accepts. */
const accepted = (errorOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, issues) => {
    const message = errorOf(text);
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
  });
const url = z.string().regex(/^[^\s'"\\]+$/, { error: 'must not hold blanks, quotes or backslashes' });
/** A URL with an account in it is a secret. */
const proxy = z.union([secret(url.regex(/@/)), url]);

const shape = z.object({
  docker_install: z.boolean().default(false).describe('Install docker where it is missing'),
  docker_packages: z
    .array(z.string())
    .optional()
    .describe(
      'Packages that bring docker. Default: `docker.io` on Debian, `docker` on the Red Hat family, `podman` for registries-conf',
    ),
  docker_service: z
    .string()
    .regex(/^[A-Za-z0-9][\w@.-]*$/, { error: 'must be the name of a service' })
    .default('docker')
    .describe('Service of the daemon'),
  docker_config_style: z
    .enum(['auto', 'sysconfig', 'daemon-json', 'registries-conf'])
    .default('auto')
    .describe(
      "Where options go: `/etc/sysconfig/docker`, `/etc/docker/daemon.json`, or a file of podman's `/etc/containers/registries.conf.d`; `auto`: sysconfig on the Red Hat family up to 7; from 8 on registries-conf, or daemon-json where there is a docker; elsewhere daemon-json",
    ),
  docker_insecure_registries: z
    .array(accepted(insecureRegistryError))
    .default([])
    .describe(
      'Registries that are reached by plain http, or by https without verification: `host`, `host:port`, or a network',
    ),
  docker_insecure_registries_exclusive: z
    .boolean()
    .default(false)
    .describe('The list is as given: entries of others are removed from it, with force'),
  docker_registry_mirrors: z
    .array(accepted(mirrorError))
    .default([])
    .describe('Mirrors of Docker Hub, as URLs without path and account'),
  docker_registry_mirrors_exclusive: z
    .boolean()
    .default(false)
    .describe('The list is as given, in this order: entries of others are removed from it, with force'),
  docker_add_registries: z
    .array(registry)
    .default([])
    .describe("Registries searched for names without one (Red Hat's docker, sysconfig style; podman)"),
  docker_block_registries: z
    .array(registry)
    .default([])
    .describe("Blocked registries (Red Hat's docker, sysconfig style; podman)"),
  docker_ca_certificates: z
    .array(registryCertificate)
    .default([])
    .describe(
      'Certificate authorities that docker trusts for one registry, under `/etc/docker/certs.d`: of a file of the controller (`src`), as text (`content`), or `from: own-ca`, which issues with `registry_tls: own-ca`; with `client: {certificate, key}` also the client certificate of docker',
    ),
  docker_auths: z
    .array(credential)
    .default([])
    .describe(
      'Accounts that root pulls and pushes with, each with `registry`, `username`, `password`: in `/root/.docker/config.json`',
    ),
  docker_log_driver: z
    .string()
    .regex(/^\S+$/)
    .optional()
    .describe('Log driver of new containers: `json-file`, `journald`'),
  docker_log_options: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .default({})
    .describe('Options of the log driver: `{max-size: 10m, max-file: "3"}`'),
  docker_live_restore: z.boolean().optional().describe('Keep containers running while the daemon is down'),
  docker_proxies: z
    .strictObject({
      http: proxy.optional().describe('Proxy for http'),
      https: proxy.optional().describe('Proxy for https'),
      no_proxy: z
        .union([url, z.array(url)])
        .optional()
        .describe('Hosts reached without one'),
    })
    .optional()
    .describe('Proxies that the daemon reaches registries through'),
  docker_daemon_options: z
    .record(z.string().min(1), z.json())
    .superRefine(checkDaemonOptions)
    .default({})
    .describe(
      'Other keys of `/etc/docker/daemon.json`, in either style: `{data-root: /srv/docker, default-address-pools: [{base: 10.99.0.0/16, size: 24}]}`. Maps merge, entries that a list lacks are added',
    ),
  docker_options: z
    .array(
      z.string().regex(/^--[a-z0-9][a-z0-9-]*([= ][^\s'"\\]+)?$/, {
        error: 'must be one option as dockerd takes it: `--iptables=false`',
      }),
    )
    .default([])
    .describe('Other options of dockerd (sysconfig style): `["--iptables=false"]`'),
  docker_proof_image: imageName
    .optional()
    .describe(
      'Image that docker must be able to pull, at the end: pulled where it is missing, and after each change of the configuration',
    ),
  docker_config_satisfied_by: z
    .array(z.string())
    .default([])
    .describe('Names: where the insecure registries of `/etc/sysconfig/docker` contain all of them, the line is kept'),
  docker_config_force: z
    .boolean()
    .default(false)
    .describe('Update existing configuration that differs, as `--force` does'),
});

export const vars = shape.superRefine(({ docker_log_driver, docker_log_options }, context) => {
  // Without a driver here, the host's own configuration has one, and is looked at there.
  for (const [name, value] of Object.entries(docker_log_driver === undefined ? {} : docker_log_options)) {
    const message = logOptionError(docker_log_driver ?? '', name, value);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['docker_log_options', name], message });
  }
});
