import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';

/** What `ansible-inventory` is asked, and where. */
export interface Question {
  readonly cwd: string;
  readonly args: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const command = execaSync('sh', ['-c', 'command -v ansible-inventory'], { reject: false }).stdout ?? '';

/** Whether `ansible-inventory` is installed (ansible-core). */
export const ansibleIsThere = command !== '';

/**
 * What `ansible-inventory` answers to each question. Starting it takes over half a second, nearly all of it to read
 * its modules: they are read once, and each question is put to a fork.
 */
export async function ansibleAnswers(questions: readonly Question[], home: string): Promise<readonly Answer[]> {
  const [, python = 'python3'] = /^#!\s*(\S+)/.exec(readFileSync(command, 'utf8')) ?? [];
  const config = join(home, 'empty.cfg');
  writeFileSync(config, '');
  const { stdout } = await execa(python, ['-c', forkForEach], {
    input: JSON.stringify(questions),
    env: { HOME: home, ANSIBLE_CONFIG: config, ANSIBLE_NOCOLOR: '1', LC_ALL: 'C.UTF-8' },
    maxBuffer: 100_000_000,
  });
  return JSON.parse(stdout);
}

const forkForEach = `
import json, os, sys, tempfile
from ansible.cli.inventory import InventoryCLI
from ansible.utils.context_objects import GlobalCLIArgs

# What every start reads, and keeps, is read by one ahead of the forks.
printed = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
try: InventoryCLI.cli_executor(['ansible-inventory', '-i', 'localhost,', '--list'])
except SystemExit: pass
sys.stdout.flush()
GlobalCLIArgs._Singleton__instance = None # the options of that one
os.dup2(printed, 1)

def start(question):
    files = [tempfile.TemporaryFile() for _ in range(2)]
    pid = os.fork()
    if pid: return pid, files
    status = 250
    try:
        for number, file in enumerate(files): os.dup2(file.fileno(), number + 1)
        os.chdir(question['cwd'])
        sys.argv = ['ansible-inventory', *question['args']]
        InventoryCLI.cli_executor(sys.argv)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        print(repr(error), file=sys.stderr)
    sys.stdout.flush(); sys.stderr.flush()
    os._exit(status)

def end(pid, files):
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for file in files: file.seek(0)
    out, err = [file.read().decode() for file in files]
    return {'status': status, 'stdout': out, 'stderr': err}

answers, running = [], []
for question in json.load(sys.stdin):
    running.append(start(question))
    if len(running) == 3: answers.append(end(*running.pop(0)))
answers += [end(*each) for each in running]
print(json.dumps(answers))
`;
