import type { Prompt } from 'ssh2';

/** The word for a password in the languages that PAM speaks. */
const password =
  /passw(?:or[dt]|d)|passphrase|mot de passe|contraseña|senha|wachtwoord|lösenord|passord|adgangskode|salasana|has[łl]o|heslo|jelszó|parola|пароль|密码|密碼|パスワード|암호/i;
/** Questions for something else that have the word: a code that is valid once, or the change of an expired password. */
const another =
  /one.?time|\botp\b|verif|token|\bcode\b|\bpin\b|second|\bduo\b|new |retype|again|repeat|current|old |change|expired/i;

/** Most characters of a question in a message. */
const mostOfPrompt = 100;

/**
 * Answers of one login to the questions of keyboard-interactive (RFC 4256). The password is given once, to a question
 * without echo that asks for one. A code would not be answered by it, and the password would be shown to whoever asks.
 */
export class PasswordPrompts {
  readonly #password: string;
  readonly #unanswered: string[] = [];
  #isGiven = false;

  constructor(password: string) {
    this.#password = password;
  }

  /** Returns the questions that got no answer, as they may be shown. */
  get unanswered(): readonly string[] {
    return this.#unanswered;
  }

  /** Returns the answers to the questions of one round; an empty one to what the password is no answer to. */
  answer(prompts: readonly Prompt[]): string[] {
    return prompts.map((each) => {
      if (!this.#isGiven && isForPassword(each)) {
        this.#isGiven = true;
        return this.#password;
      }
      this.#unanswered.push(inOneLine(each.prompt));
      return '';
    });
  }
}

function isForPassword({ prompt, echo }: Prompt): boolean {
  // Without `user@host`, as some name it: a host may have any name.
  const words = prompt.replace(/\S+@\S+/g, '');
  return echo !== true && password.test(words) && !another.test(words);
}

function inOneLine(prompt: string): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  return line.length > mostOfPrompt ? `${line.slice(0, mostOfPrompt)}…` : line;
}
