import type { RegistryInstance } from '../instance/registry-instance.js';
import type { InstanceSettings } from '../vars/instance.js';

type Section = Readonly<Record<string, unknown>>;

/** The `storage` section of a registry's configuration. */
export function storageSection(instance: RegistryInstance): Section {
  const { vars, readOnly, deleteEnabled } = instance;
  const cache = cacheOf(vars);
  const maintenance = {
    ...(readOnly ? { readonly: { enabled: true } } : {}),
    // All four keys have to be there if the section is.
    ...(vars.registry_upload_purging === undefined ? {} : { uploadpurging: vars.registry_upload_purging }),
  };
  // A cache of another registry has to delete what expired; clients still can't.
  const deletes = deleteEnabled || vars.registry_proxy !== undefined;
  return {
    ...(cache === 'none' ? {} : { cache: { blobdescriptor: cache } }),
    [instance.driver]: driverSection(instance),
    ...(deletes ? { delete: { enabled: true } } : {}),
    ...(vars.registry_redirect_disable === undefined ? {} : { redirect: { disable: vars.registry_redirect_disable } }),
    ...(vars.registry_tag_concurrency === undefined
      ? {}
      : { tag: { concurrencylimit: vars.registry_tag_concurrency } }),
    ...(Object.keys(maintenance).length === 0 ? {} : { maintenance }),
  };
}

function cacheOf(vars: InstanceSettings): 'none' | 'inmemory' | 'redis' {
  if (vars.registry_cache !== undefined) return vars.registry_cache;
  if (vars.registry_proxy !== undefined) return 'none';
  return vars.registry_redis === undefined ? 'inmemory' : 'redis';
}

function driverSection({ driver, runtime, storageDirectory, distribution, vars }: RegistryInstance): Section {
  switch (driver) {
    case 's3': {
      const { registry_s3: s3 } = vars;
      // 3.x asks for a bucket by its own name of host unless told; what speaks S3 elsewhere rarely has one.
      const elsewhere = distribution.major === 3 && s3?.regionendpoint !== undefined;
      return { ...s3, ...(elsewhere && s3?.forcepathstyle === undefined ? { forcepathstyle: true } : {}) };
    }
    case 'swift':
      return { ...vars.registry_swift };
    case 'inmemory':
      return {};
    case 'filesystem': {
      const inside = runtime === 'docker' || runtime === 'podman' ? '/var/lib/registry' : storageDirectory;
      return { rootdirectory: inside, ...vars.registry_filesystem };
    }
  }
}
