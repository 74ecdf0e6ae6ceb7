import { spawn } from 'node:child_process';
import { container } from '../../lab.js';

/** What was seen of the processes of a host. */
export interface Watched {
  /** Each text that was looked for and seen, with where: in a process' arguments, or its environment. */
  readonly sightings: readonly string[];
  /** How often all processes of the host were looked at. */
  readonly looks: number;
}

/**
 * Looks at the arguments and the environments of all of a host's processes, every few milliseconds, while something
 * runs. What is gone within less may be missed.
 *
 * @param texts without blanks
 */
export async function processesDuring(
  host: string,
  texts: readonly string[],
  work: () => Promise<unknown>,
): Promise<Watched> {
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
    if (said.startsWith('LOOKS\n')) began();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  child.stdin.write(`${texts.join(' ')}\n`);
  await Promise.race([looking, ended]);
  try {
    await work();
  } finally {
    child.stdin.end();
    await ended;
  }
  const lines = said.trimEnd().split('\n');
  const looks = Number(/^LOOKED (\d+) TIMES$/.exec(lines.at(-1) ?? '')?.[1]);
  if (Number.isNaN(looks)) throw new Error(`the processes of ${host} were not watched to the end: ${said}`);
  return { sightings: lines.slice(1, -1), looks };
}

/** In perl, which each Debian has. What is looked for comes on standard input, so that it isn't seen there itself. */
const look = String.raw`
$| = 1;
my ($texts, $looks, %seen) = (scalar(<STDIN>), 0);
chomp $texts;
my $any = join '|', map { quotemeta } split / /, $texts;
$any = qr/($any)/;
my $input = '';
vec($input, fileno(STDIN), 1) = 1;
print "LOOKS\n";
until (select(my $ready = $input, undef, undef, 0.001)) {
  opendir(my $all, '/proc');
  for my $process (grep { /^\d/ && $_ != $$ } readdir $all) {
    for my $part ('cmdline', 'environ') {
      open(my $file, '<', "/proc/$process/$part") or next;
      my $text = do { local $/; <$file> } // '';
      close $file;
      while ($text =~ /$any/g) {
        my ($word, $shown) = ($1, substr($text, 0, 300));
        $shown =~ tr/\0\n/  /;
        print "$word in $part of $shown\n" unless $seen{"$word $process $part $shown"}++;
      }
    }
  }
  $looks++;
}
print "LOOKED $looks TIMES\n";
`;
