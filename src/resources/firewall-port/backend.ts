import type { Sh } from '../../sh.js';
import type { Fields } from '../path/printed-fields.js';
import type { PortRule } from './port-rule.js';

/** State of a rule in a firewall. */
export interface FoundRule {
  /** The rule is in effect now. */
  readonly now: boolean;
  /** The rule is in effect when the firewall starts again. */
  readonly atStart: boolean;
  /** The firewall filters nothing, so there is nothing to open. */
  readonly filtersNothing?: boolean;
  /** Rule of somebody else that says the opposite. */
  readonly contrary?: string;
  /** Reason why the firewall can't be read or changed. */
  readonly problem?: string;
}

/** Firewall: a test that it is the one that runs, a look at its rules, and a change of them. */
export interface FirewallBackend {
  readonly name: 'firewalld' | 'ufw' | 'nftables' | 'iptables';
  /**
   * Condition that it runs on the host, and loads its rules again when the host starts. `active UNIT` queries
   * systemd.
   */
  readonly isActive: Sh;
  /** Returns the script that prints with `field` what {@link FirewallBackend.find} needs. */
  look(rule: PortRule): Sh;
  find(fields: Fields, rule: PortRule): FoundRule;
  /** Returns the script that opens or closes, now and for the next start. */
  change(open: boolean, fields: Fields, rule: PortRule): Sh;
}
