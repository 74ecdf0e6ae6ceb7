import { dirname, resolve } from 'node:path';
import { Diagnostics } from '../../../diagnostics/diagnostic.js';
import { checkShape } from '../../../diagnostics/shapes/check-shape.js';
import { readYaml } from '../../../diagnostics/yaml/yaml-file.js';
import { fileKeys, type ServerConfig, serverConfig } from './config-schema.js';

/**
 * Reads the configuration file of the server, YAML or JSON. Paths in it are relative to its folder.
 * @throws InputError with every error and its place
 */
export function readServerConfig(file: string): ServerConfig {
  const diagnostics = new Diagnostics();
  const source = readYaml(file, diagnostics);
  const config =
    source === undefined ? undefined : checkShape(serverConfig, source.value ?? {}, source, [], diagnostics);
  diagnostics.throwIfAny();
  const folder = dirname(resolve(file));
  return Object.assign({}, config, ...fileKeys.map((key) => absolute(config, key, folder)));
}

function absolute(config: ServerConfig | undefined, key: (typeof fileKeys)[number], folder: string): ServerConfig {
  const path = config?.[key];
  return path === undefined ? {} : { [key]: resolve(folder, path) };
}
