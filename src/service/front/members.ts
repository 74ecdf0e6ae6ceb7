import { createHash } from 'node:crypto';
import type { TrustingRegistry } from '../tokens/registries.js';
import { Member } from './member.js';

/** Hosts of one registry: one that takes changes, and replicas of it. */
export class Members {
  readonly writer: Member;
  readonly replicas: readonly Member[];

  constructor({ ca, members }: TrustingRegistry & { readonly members: NonNullable<TrustingRegistry['members']> }) {
    this.writer = new Member(members.writer, ca);
    this.replicas = members.replicas.map((host) => new Member(host, ca));
  }

  /**
   * Returns the order in which hosts are asked for content: each content has replicas that come first for it (rendezvous hashing),
   * so that caches of several hosts don't hold the same. The writer comes behind them, and last who did not answer.
   */
  readersOf(digest: string): Member[] {
    const weight = ({ host }: Member) => createHash('sha256').update(`${host} ${digest}`).digest('hex');
    const weighed = this.replicas.map((member) => ({ member, weight: weight(member) }));
    weighed.sort((one, other) => (one.weight < other.weight ? -1 : 1));
    return avoidedLast([...weighed.map(({ member }) => member), this.writer]);
  }

  /** Returns the order in which hosts are asked for what changes: tags and listings. The writer knows them first. */
  get currentFirst(): Member[] {
    return avoidedLast([this.writer, ...this.replicas]);
  }

  get all(): readonly Member[] {
    return [this.writer, ...this.replicas];
  }

  close(): void {
    for (const member of this.all) member.close();
  }
}

function avoidedLast(members: readonly Member[]): Member[] {
  return [...members.filter((each) => !each.isAvoided), ...members.filter((each) => each.isAvoided)];
}
