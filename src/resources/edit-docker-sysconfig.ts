import type { EditedText } from './edit-line.js';

/** What /etc/sysconfig/docker is to hold; entries that are there already stay. */
export interface DockerSysconfig {
  readonly insecureRegistries: readonly string[];
  readonly addRegistries: readonly string[];
  readonly blockRegistries: readonly string[];
  /** Flags of dockerd: `--log-driver=journald`. */
  readonly options: readonly string[];
  /** The file is left alone when it names all of these, wherever: the older role's rule. */
  readonly satisfiedBy: readonly string[];
}

/** Variables that hold flags, with the flag that is theirs. */
const variables = {
  INSECURE_REGISTRY: '--insecure-registry',
  ADD_REGISTRY: '--add-registry',
  BLOCK_REGISTRY: '--block-registry',
} as const;
/** Variables that may hold any flag; the second is what older files call it. */
const optionVariables = ['OPTIONS', 'other_args'] as const;

/** Adds what is missing to the text of /etc/sysconfig/docker. What isn't touched stays byte for byte, its quoting too. */
export function editDockerSysconfig(text: string, wanted: DockerSysconfig): EditedText {
  if (wanted.satisfiedBy.length > 0 && wanted.satisfiedBy.every((name) => active(text).includes(name))) {
    return { text, summary: '', overwrites: false };
  }
  const before = flagsIn(text);
  const has = (flag: string, value: string) => before.some((each) => each.name === flag && each.value === value);
  let edited = text;
  const added: string[] = [];
  const entries = [
    ['INSECURE_REGISTRY', wanted.insecureRegistries],
    ['ADD_REGISTRY', wanted.addRegistries],
    ['BLOCK_REGISTRY', wanted.blockRegistries],
  ] as const;
  for (const [variable, values] of entries) {
    const missing = values.filter((value) => !has(variables[variable], value));
    if (missing.length === 0) continue;
    edited = append(edited, variable, missing.map((value) => `${variables[variable]} ${value}`).join(' '));
    added.push(...missing);
  }
  let overwrites = false;
  for (const option of wanted.options) {
    const [flag = option] = flagsOf(option);
    if (typeof flag === 'string' || has(flag.name, flag.value)) continue;
    const other = repeatable.has(flag.name) ? undefined : before.find((each) => each.name === flag.name);
    if (other === undefined) edited = append(edited, 'OPTIONS', option);
    else {
      edited = edited.replace(other.text, option);
      overwrites = true;
    }
    added.push(option);
  }
  return { text: edited, summary: added.length === 0 ? '' : `added ${added.join(', ')}`, overwrites };
}

/** Flags that may stand more than once. */
const repeatable = new Set([
  '--log-opt',
  '--registry-mirror',
  '--storage-opt',
  '--dns',
  '--label',
  '--insecure-registry',
  '--add-registry',
  '--block-registry',
]);

export interface Flag {
  readonly name: string;
  readonly value: string;
  /** As it was written. */
  readonly text: string;
}

/** The flags that the file gives to dockerd, from all of its variables; comments are none. */
export function flagsIn(text: string): Flag[] {
  return assignments(text).flatMap(({ name, value }) =>
    name in variables || optionVariables.some((each) => each === name) ? flagsOf(value) : [],
  );
}

/** The flags of a command line: `--a b`, `--a=b`, `--a`. */
export function flagsOf(commandLine: string): Flag[] {
  return [...commandLine.matchAll(/(--?[a-z][a-z-]*)(?:(=|\s+)("[^"]*"|'[^']*'|[^\s-][^\s]*))?/g)].map(
    ([text, name = '', , value = '']) => ({
      name,
      value: value.replace(/^(["'])(.*)\1$/, '$2'),
      text,
    }),
  );
}

const assignment = /^(\s*(?:export\s+)?)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#]*)/gm;

function assignments(text: string): { name: string; value: string; quoted: string; at: number; raw: string }[] {
  return [...text.matchAll(assignment)].map((match) => {
    const [raw, , name = '', quoted = ''] = match;
    return { name, quoted, raw, at: match.index, value: quoted.replace(/^(["'])(.*)\1$/s, '$2') };
  });
}

function active(text: string): string {
  return assignments(text)
    .map(({ value }) => value)
    .join('\n');
}

/** Puts words at the end of a variable's value, in the quotes that it has, or makes the variable. */
function append(text: string, variable: string, words: string): string {
  const known = assignments(text).findLast(({ name }) => name === variable);
  if (known === undefined) {
    const line = `${variable}="${words}"\n`;
    const comment = new RegExp(`^#\\s*${variable}=.*\\n?`, 'm').exec(text);
    const at = comment === null ? text.length : comment.index + comment[0].length;
    const head = text.slice(0, at);
    return `${head}${head === '' || head.endsWith('\n') ? '' : '\n'}${line}${text.slice(at)}`;
  }
  const quote = /^["']/.exec(known.quoted)?.[0] ?? '"';
  const value = [known.value, words].filter((part) => part !== '').join(' ');
  const replaced = known.raw.slice(0, known.raw.length - known.quoted.length) + quote + value + quote;
  return text.slice(0, known.at) + replaced + text.slice(known.at + known.raw.length);
}
