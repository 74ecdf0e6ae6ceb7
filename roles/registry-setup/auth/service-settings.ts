import { z } from 'zod';
import { secret } from '../../../src/index.js';

/** Settings by which a registry trusts a service, as `provision serve --registry-settings` prints them. */
export const serviceSettings = z.object({
  realm: z.string(),
  service: z.string(),
  issuer: z.string(),
  rootcertbundle: z.string().regex(/^-----BEGIN CERTIFICATE-----/),
  /** Absent where the caller may not know the secret. */
  notifications: z.object({ url: z.string(), headers: secret(z.record(z.string(), z.array(z.string()))) }).optional(),
});
export type ServiceSettings = z.output<typeof serviceSettings>;

/** State of a service as a registry's host sees it: its settings, or why there are none. */
export interface SettingsState {
  readonly settings: ServiceSettings | undefined;
  readonly why: string;
  /** Set where asking again will not help. */
  readonly isFinal: boolean;
}

/** Seconds for which a service that has just been set up is waited for. */
export const patience = 30;

/** Result under which the settings are registered. */
export const settingsResult = ({ settings }: SettingsState) => ({ settings });

/** Settings that stand for those of a service that is not there yet, in check mode. */
export const unknownSettings: ServiceSettings = {
  realm: 'https://not-known-yet.invalid/token',
  service: 'not-known-yet',
  issuer: 'not-known-yet',
  rootcertbundle: '-----BEGIN CERTIFICATE-----\nnot known yet\n-----END CERTIFICATE-----\n',
};

/** Reads registered settings; undefined: they are not known, as in check mode before there is a service. */
export function registeredSettings(result: unknown): ServiceSettings | undefined {
  const { settings } = (typeof result === 'object' && result !== null ? result : {}) as { readonly settings?: unknown };
  return serviceSettings.safeParse(settings).data;
}
