import { onTestFinished } from 'vitest';
import { type OpenedRegistry, openRegistry, type RegistryOptions } from '../../src/registry/client/open.js';
import { type ScriptedAnswer, type ScriptedRegistry, type SeenRequest, scriptedRegistry } from './scripted-registry.js';

/** A scripted registry, a client of it, and the notices that the client gives, its address written as HOST. */
export interface OpenScripted {
  readonly server: ScriptedRegistry;
  readonly registry: OpenedRegistry;
  readonly notices: readonly string[];
  /** Requests so far: `HEAD /v2/a/manifests/1`. */
  requests(): string[];
}

/** Starts a scripted registry and a client that tries once; both end with the test. */
export async function openScripted(
  script: (request: SeenRequest) => ScriptedAnswer | undefined,
  options: Partial<RegistryOptions> = {},
): Promise<OpenScripted> {
  const server = await scriptedRegistry(script);
  const notices: string[] = [];
  const notice = (line: string) => void notices.push(line.replaceAll(server.host, 'HOST'));
  const registry = openRegistry({ host: server.host, tries: 1, notice, ...options });
  onTestFinished(async () => {
    await registry.close();
    await server.close();
  });
  return { server, registry, notices, requests: () => server.seen.map(({ method, url }) => `${method} ${url}`) };
}
