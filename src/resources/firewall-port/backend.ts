import type { Sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';
import type { PortRule } from './port-rule.js';

/** What a firewall was found to let through. */
export interface FoundRule {
  /** Let through now. */
  readonly now: boolean;
  /** Let through when it starts again. */
  readonly atStart: boolean;
  /** Nothing is filtered, so there is nothing to open. */
  readonly filtersNothing?: boolean;
  /** A rule of somebody else's that says the opposite. */
  readonly contrary?: string;
  /** Why nothing can be said or done. */
  readonly problem?: string;
}

/** A firewall: how to see that it is the one that runs, what it lets through, and how to have it let something through. */
export interface FirewallBackend {
  readonly name: 'firewalld' | 'ufw' | 'nftables' | 'iptables';
  /** A condition: it runs on the host, and makes its rules again when that starts. `active UNIT` asks systemd. */
  readonly isActive: Sh;
  /** Prints with `field` what {@link FirewallBackend.find} needs. */
  look(rule: PortRule): Sh;
  find(fields: Fields, rule: PortRule): FoundRule;
  /** Opens or closes, now and for the next start. */
  change(open: boolean, fields: Fields, rule: PortRule): Sh;
}
