/** Chain that packets for the host itself go through. */
export interface Chain {
  /** Family of its table: inet, ip, ip6. */
  readonly table: string;
  /** Name in nft's form: `inet filter input`. */
  readonly name: string;
  /** Rules, as nft prints them. */
  readonly rules: readonly string[];
  /** It may drop something: by its policy, or by a rule. */
  readonly filters: boolean;
}

/** Lists the chains at the hook `input`, from the output of `nft list ruleset`, or from a file in the same form. */
export function inputChains(text: string): readonly Chain[] {
  const chains: Chain[] = [];
  let table = '';
  let chain = '';
  let lines: string[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, kind, named = ''] = /^(table|chain) ([^{]*)\{/.exec(line) ?? [];
    const name = named.trimEnd();
    if (kind === 'table') table = /^(inet|ip|ip6|arp|bridge|netdev) /.test(name) ? name : `ip ${name}`;
    if (kind === 'chain') {
      chain = name;
      lines = [];
    } else if (line === '}' && chain !== '') {
      chains.push(...inputChain(table, chain, lines));
      chain = '';
    } else if (chain !== '' && line !== '') lines.push(line);
  }
  return chains;
}

function inputChain(table: string, chain: string, lines: readonly string[]): readonly Chain[] {
  const head = lines.find((line) => /^type filter hook input\b/.test(line));
  if (head === undefined) return [];
  const rules = lines.filter((line) => !/^(type|policy|comment|#)/.test(line));
  const policy = lines.some((line) => /\bpolicy drop\b/.test(line));
  const filters = policy || rules.some((line) => /\b(drop|reject|jump|goto)\b/.test(line));
  return [{ table: table.split(' ')[0] ?? '', name: `${table} ${chain}`, rules, filters }];
}
