import type { Diagnostic, Diagnostics } from '../../diagnostics/diagnostic.js';

/** Errors of many hosts, each reported once: one that only some of the hosts have names them. */
export class HostErrors {
  readonly #found = new Map<string, { readonly diagnostic: Diagnostic; readonly hosts: Set<string> }>();

  /** Adds an error that doesn't depend on the host. */
  readonly add = (diagnostic: Diagnostic): void => this.#addFor(undefined, diagnostic);

  /** Returns a function that adds the errors of one host. */
  of(host: string): (diagnostic: Diagnostic) => void {
    return (diagnostic) => this.#addFor(host, diagnostic);
  }

  /** Reports the errors in the order in which they were found. */
  reportTo(diagnostics: Diagnostics, allHosts: number): void {
    for (const { diagnostic, hosts } of this.#found.values()) {
      const some = hosts.size > 0 && hosts.size < allHosts;
      diagnostics.add(
        some ? { ...diagnostic, message: `${diagnostic.message} (on ${nameHosts([...hosts])})` } : diagnostic,
      );
    }
  }

  #addFor(host: string | undefined, diagnostic: Diagnostic): void {
    const { code, place, message } = diagnostic;
    const key = JSON.stringify([code, place?.file, place?.line, place?.column, message]);
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { diagnostic, hosts: new Set(host === undefined ? [] : [host]) });
    // Found without a host, it is everybody's.
    else if (host === undefined) known.hosts.clear();
    else if (known.hosts.size > 0) known.hosts.add(host);
  }
}

function nameHosts(hosts: readonly string[]): string {
  const shown = hosts.slice(0, 3).join(', ');
  return hosts.length > 3 ? `${shown} and ${hosts.length - 3} more` : shown;
}
