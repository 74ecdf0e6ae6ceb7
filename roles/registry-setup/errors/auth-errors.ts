import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns the errors in who says what may be done: a token server leaves nothing to others. */
export function authErrors({ vars, distribution, runtime }: RegistryInstance): readonly SettingError[] {
  const { registry_auth: auth } = vars;
  if (auth === undefined) return [];
  const besides = [
    ['accounts', vars.registry_accounts],
    ['htpasswd', vars.registry_htpasswd],
    ['access', vars.registry_access],
    ['anonymous_pull', vars.registry_anonymous_pull || undefined],
    ['tls_client_ca', vars.registry_tls_client_ca],
  ] as const;
  const clashes = besides
    .filter(([, value]) => value !== undefined)
    .map(([name]) => ({
      path: [name],
      message: 'cannot be used with registry_auth: the token server says who may do what. Remove one of them',
    }));
  const isUnknown = 'token' in auth && auth.token.signingalgorithms !== undefined && isOld(runtime, distribution.major);
  return [
    ...clashes,
    ...(isUnknown
      ? [
          {
            path: ['auth', 'token', 'signingalgorithms'],
            message: 'needs distribution 3.x. Remove it, or set registry_distribution_version',
          },
        ]
      : []),
  ];
}

function isOld(runtime: RegistryInstance['runtime'], major: number): boolean {
  return runtime === 'embedded' || major === 2;
}
