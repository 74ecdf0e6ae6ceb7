import { createHmac, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** A hash of no account's password, so that an unknown user takes as long as a wrong password. */
const nobody = '$2b$10$CwTycUXWue0Thq9StjUM0uJ8iHqPQbPyLMFxlT9PPy2BcDf5E2C9W';

/** How long a look at the file's time counts, in milliseconds. */
const lookAgain = 1000;

const mostRemembered = 1000;

/**
 * The accounts of an htpasswd file (bcrypt only, as in docker-registry). A changed file counts from the next second on.
 * bcrypt is slow on purpose: a password that was right is remembered, as a hash under a key of this process.
 */
export class Accounts {
  private hashes = new Map<string, string>();
  private version = '';
  private looked = Number.NEGATIVE_INFINITY;
  private readonly key = randomBytes(32);
  private readonly right = new Set<string>();
  private checking: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly complain: (message: string) => void,
  ) {}

  /**
   * Where the file can't be read later on, `complain` is told and the accounts stay as they were.
   * @throws Error when it can't be read now, or has a line that is none of bcrypt's
   */
  static async from(file: string, complain: (message: string) => void): Promise<Accounts> {
    const accounts = new Accounts(file, complain);
    await accounts.read();
    return accounts;
  }

  /** The user whom an Authorization header proves; undefined: nobody. */
  async user(header: string | undefined): Promise<string | undefined> {
    const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
    if (encoded === undefined) return undefined;
    const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
    if (name === undefined || password === undefined) return undefined;
    await this.refresh();
    const proof = createHmac('sha256', this.key).update(encoded).digest('base64');
    if (this.right.has(proof)) return name;
    // One after another: many wrong passwords at once must not stop all other work.
    const check = this.checking.then(() => this.check(name, password));
    this.checking = check.catch(() => {}); // Whoever asked is told.
    if (!(await check)) return undefined;
    if (this.right.size >= mostRemembered) this.right.clear();
    this.right.add(proof);
    return name;
  }

  private async check(name: string, password: string): Promise<boolean> {
    const { compare } = await import('bcryptjs');
    const hash = this.hashes.get(name);
    const same = await compare(password, (hash ?? nobody).replace(/^\$2y\$/, '$2b$'));
    return same && hash !== undefined;
  }

  private async refresh(): Promise<void> {
    if (performance.now() - this.looked < lookAgain) return;
    this.looked = performance.now();
    try {
      await this.read();
    } catch (error) {
      this.complain(`the accounts stay as they were: ${String(error)}`);
    }
  }

  private async read(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(this.file);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.version) return;
    this.hashes = parse(await readFile(this.file, 'utf8'), this.file);
    this.version = version;
    this.right.clear();
  }
}

function parse(text: string, file: string): Map<string, string> {
  const hashes = new Map<string, string>();
  text.split('\n').forEach((line, at) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const [, name, hash] = /^([^:]+):(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/.exec(trimmed) ?? [];
    if (name === undefined || hash === undefined)
      throw new Error(`${file}:${at + 1}: not NAME:HASH with a hash of bcrypt`);
    hashes.set(name, hash);
  });
  return hashes;
}
