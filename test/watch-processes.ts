import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { container } from './lab/lab.js';
import { attached, sshdOf } from './watch-writes.js';

/** What was seen of the processes of a host. */
export interface Watched {
  /** Each text that was looked for and seen, with where: in a process' arguments, or its environment. */
  readonly sightings: readonly string[];
  /** Programs that sshd's children executed, each of which was looked at. */
  readonly programs: number;
  /** How often all processes of the host were looked at. */
  readonly looks: number;
}

/**
 * Watches the arguments and environments of a host's processes while something runs, in two ways: every program that
 * comes from sshd, with strace from outside; and all processes there are, over and over, by what /proc has of them.
 *
 * @param texts letters and digits, so that no way of quoting hides one
 */
export async function processesDuring(
  host: string,
  texts: readonly string[],
  work: () => Promise<unknown>,
): Promise<Watched> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-strace-'));
  const log = join(folder, 'log');
  const options = ['-f', '-qq', '-v', '-s', '200000', '-o', log, '-e', 'trace=execve,execveat', '-e', 'signal=none'];
  const strace = execa('strace', [...options, '-p', String(await sshdOf(host))], { reject: false });
  const sampler = sample(host, texts);
  try {
    await attached(strace.pid);
    await sampler.looking;
    await work();
  } finally {
    strace.kill('SIGINT');
    await strace;
  }
  const executed = (await readFile(log, 'utf8')).split('\n').filter((line) => / execve(at)?\(/.test(line));
  await rm(folder, { recursive: true });
  const { seen, looks } = await sampler.end();
  const inPrograms = texts.flatMap((text) =>
    executed.filter((line) => line.includes(text)).map((line) => `${text} in ${around(line, text)}`),
  );
  return { sightings: [...new Set([...inPrograms, ...seen])], programs: executed.length, looks };
}

/** On the host itself, in perl, which each Debian has; what is looked for comes on standard input, so that it isn't itself seen. */
const look = `
$| = 1;
my ($texts, $looks, %seen) = (scalar(<STDIN>), 0);
chomp $texts;
my $any = join '|', map { quotemeta } split / /, $texts;
$any = qr/($any)/;
my $input = '';
vec($input, fileno(STDIN), 1) = 1;
while (1) {
  for my $process (glob '/proc/[0-9]*') {
    next if $process eq "/proc/$$";
    for my $part ('cmdline', 'environ') {
      open(my $file, '<', "$process/$part") or next;
      my $text = do { local $/; <$file> } // '';
      close $file;
      while ($text =~ /$any/g) {
        my ($word, $shown) = ($1, substr($text, 0, 300));
        $shown =~ tr/\\0\\n/  /;
        print "$word in $part of $shown\\n" unless $seen{"$word $process $part"}++;
      }
    }
  }
  print "LOOKED\\n" if ++$looks == 1;
  last if select(my $ready = $input, undef, undef, 0);
}
print "LOOKS $looks\\n";
`;

function sample(host: string, texts: readonly string[]) {
  const child = spawn('docker', ['exec', '-i', container(host), 'perl', '-e', look], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  let began = () => {};
  const looking = new Promise<void>((resolve) => {
    began = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (said.includes('LOOKED\n')) began();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  child.stdin.write(`${texts.join(' ')}\n`);
  return {
    looking: Promise.race([looking, ended]),
    async end(): Promise<{ seen: readonly string[]; looks: number }> {
      child.stdin.end();
      await ended;
      const lines = said.split('\n').filter((line) => line !== '' && line !== 'LOOKED');
      const looks = Number(/^LOOKS (\d+)$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
      return { seen: lines.slice(0, -1), looks };
    },
  };
}

function around(line: string, text: string): string {
  const at = line.indexOf(text);
  return `${line.slice(0, 120)} … ${line.slice(Math.max(0, at - 80), at + text.length + 20)}`;
}
