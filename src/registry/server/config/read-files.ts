import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { readYaml } from '../../../diagnostics/yaml/yaml-file.js';
import { accessRules } from '../access/access-schema.js';
import type { AccessRule } from '../access/rights.js';
import { fileKeys, type ServerConfig, serverConfig } from './config-schema.js';

/*
 * Loaded where a file is read, and not before: YAML and schemas are most of the program's bytes, also on hosts.
 */

/**
 * Reads the configuration file of the server, YAML or JSON. Paths in it are relative to its folder.
 * @throws InputError with every error and its place
 */
export function readServerConfig(file: string): ServerConfig {
  const config = read(file, serverConfig, {}) ?? {};
  const folder = dirname(resolve(file));
  return Object.assign({}, config, ...fileKeys.map((key) => absolute(config, key, folder)));
}

/** Reads a file of rights, YAML or JSON. @throws InputError with every error and its place */
export function readAccessRules(file: string): readonly AccessRule[] {
  return read(file, accessRules, []) ?? [];
}

function read<Schema extends z.ZodType>(file: string, schema: Schema, empty: unknown): z.output<Schema> | undefined {
  const diagnostics = new Diagnostics();
  const source = readYaml(file, diagnostics);
  const value = source === undefined ? undefined : checkShape(schema, source.value ?? empty, source, [], diagnostics);
  diagnostics.throwIfAny();
  return value;
}

function absolute(config: ServerConfig, key: (typeof fileKeys)[number], folder: string): ServerConfig {
  const path = config[key];
  return path === undefined ? {} : { [key]: resolve(folder, path) };
}
