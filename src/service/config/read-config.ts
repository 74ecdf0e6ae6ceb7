import { dirname, resolve } from 'node:path';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import { checkShape } from '../../diagnostics/shapes/check-shape.js';
import { readYaml } from '../../diagnostics/yaml/yaml-file.js';
import { isHostList } from '../../inventory/files.js';
import { isPostgres } from '../store/database.js';
import { type ServiceConfig, serviceConfig, serviceFileKeys } from './config-schema.js';

/**
 * Reads the configuration file of the service, YAML or JSON. Paths in it are relative to its folder.
 * @throws InputError with every error and its place
 */
export function readServiceConfig(file: string): ServiceConfig {
  const diagnostics = new Diagnostics();
  const source = readYaml(file, diagnostics);
  const config =
    source === undefined ? undefined : checkShape(serviceConfig, source.value ?? {}, source, [], diagnostics);
  diagnostics.throwIfAny();
  const folder = dirname(resolve(file));
  const given = config ?? {};
  const { database, registries, upstreams } = given;
  const absolute = serviceFileKeys.flatMap((key) => {
    const path = given[key];
    return path === undefined ? [] : [[key, resolve(folder, path)]];
  });
  const lists = (['inventory', 'vault_password_files'] as const).flatMap((key) => {
    const paths = given[key];
    return paths === undefined ? [] : [[key, paths.map((path) => (isHostList(path) ? path : resolve(folder, path)))]];
  });
  const looks = upstreams?.map(({ password_file: password, ca, ...upstream }) => ({
    ...upstream,
    ...(password === undefined ? {} : { password_file: resolve(folder, password) }),
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
  }));
  const trusting = registries?.map((registry) =>
    registry.ca === undefined ? registry : { ...registry, ca: resolve(folder, registry.ca) },
  );
  const isFile = database !== undefined && !isPostgres(database);
  return {
    ...given,
    ...Object.fromEntries([...absolute, ...lists]),
    ...(trusting === undefined ? {} : { registries: trusting }),
    ...(looks === undefined ? {} : { upstreams: looks }),
    ...(isFile ? { database: resolve(folder, database) } : {}),
  };
}
