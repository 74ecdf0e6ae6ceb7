import type { DigestAlgorithm } from '../../digest.js';
import type { Layout } from '../storage/layout.js';
import type { Uses } from '../storage/uses.js';
import { UploadSession } from './upload-session.js';

/** Hashes that are kept for uploads between their requests; of older ones they are made again when they go on. */
const mostSessions = 1000;

/** The uploads that are open. */
export class Uploads {
  readonly #sessions = new Map<string, UploadSession>();

  readonly #layout: Layout;
  readonly #uses: Uses;

  constructor(layout: Layout, uses: Uses) {
    this.#layout = layout;
    this.#uses = uses;
  }

  async begin(name: string, algorithm: DigestAlgorithm): Promise<UploadSession> {
    const session = await UploadSession.begin(this.#layout, this.#uses, name, algorithm);
    this.#remember(session);
    return session;
  }

  /** Finds an upload of a repository by its id; undefined when there is none (any more). */
  find(name: string, id: string): UploadSession | undefined {
    const session = this.#sessions.get(keyOf(name, id)) ?? UploadSession.of(this.#layout, this.#uses, name, id);
    if (session.exists()) return this.#remember(session);
    this.forget(session);
    return undefined;
  }

  forget({ name, id }: UploadSession): void {
    this.#sessions.delete(keyOf(name, id));
  }

  get open(): number {
    return this.#sessions.size;
  }

  #remember(session: UploadSession): UploadSession {
    const key = keyOf(session.name, session.id);
    const known = this.#sessions.get(key) ?? session; // Two requests may have found it at once.
    this.#sessions.delete(key);
    this.#sessions.set(key, known);
    for (const [oldest, { busy }] of this.#sessions) {
      if (this.#sessions.size <= mostSessions) break;
      if (!busy) this.#sessions.delete(oldest);
    }
    return known;
  }
}

function keyOf(name: string, id: string): string {
  return `${name} ${id}`;
}
