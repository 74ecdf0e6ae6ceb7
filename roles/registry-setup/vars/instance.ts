import { z } from 'zod';
import { accountVars } from './accounts.js';
import { authVars } from './auth.js';
import { embeddedVars } from './embedded.js';
import { runtimeVars } from './runtime.js';
import { settingVars } from './settings.js';
import { storageVars } from './storage.js';
import { timerVars } from './timers.js';
import { tlsVars } from './tls.js';

const prefix = 'registry_';

/** Every variable that each of several registries on one host may have of its own. */
export const instanceShape = {
  ...runtimeVars,
  ...storageVars,
  ...embeddedVars,
  ...tlsVars,
  ...accountVars,
  ...authVars,
  ...settingVars,
  ...timerVars,
};

/** The settings of one registry. What comes out of the schema must be taken by it again. */
export const instanceSettings = z.object(instanceShape);
export type InstanceSettings = z.output<typeof instanceSettings>;

/** One of several registries: a name, a port, and whatever it has of its own, spelled without `registry_`. */
export const instanceEntry = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]*$/, { error: 'must be small letters, digits, "_", "." and "-"' })
    .refine((name) => name !== 'config', { error: "is the name of the package's own configuration" })
    .optional(),
  ...withoutPrefix(instanceShape),
  port: instanceShape.registry_port.unwrap(),
});
export type InstanceEntry = z.output<typeof instanceEntry>;

/**
 * The settings of one of several registries: its own, and the role's for the rest.
 * @throws z.ZodError for values that the schemas have refused already, see {@link hasSettings}
 */
export function instanceSettingsOf(entry: InstanceEntry, role: InstanceSettings): InstanceSettings {
  return instanceSettings.parse(merged(entry, role));
}

/** Tells whether an entry and the role's settings make settings of a registry: an error in them is reported by itself. */
export function hasSettings(entry: InstanceEntry, role: InstanceSettings): boolean {
  return instanceSettings.safeParse(merged(entry, role)).success;
}

function merged({ name: _, ...own }: InstanceEntry, role: InstanceSettings): Readonly<Record<string, unknown>> {
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...role, ...Object.fromEntries(given.map(([key, value]) => [`${prefix}${key}`, value])) };
}

/** The same settings without their defaults, which are the role's. */
function withoutPrefix(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [
      name.slice(prefix.length),
      z.optional(schema instanceof z.ZodDefault ? schema.unwrap() : schema),
    ]),
  );
}
