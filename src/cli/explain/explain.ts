import { nearest } from '../../diagnostics/nearest.js';
import { shortened, visibleLine } from '../../diagnostics/printable.js';
import { resourceKinds } from '../../resources/all.js';
import { explanationsOf, ourSpelling, wordGroups } from '../../site/explained/all-words.js';
import { helperWords } from '../../site/explained/helper-words.js';
import { resourceExamples } from '../../site/explained/resource-examples.js';
import { namesBeside, packageRoles, type RoleCatalog, roleCatalog } from '../../site/modules/catalog.js';
import { insteadOf, insteadOfMeta, unsupportedMetas, unsupportedWords } from '../../site/read/unsupported.js';
import { insteadOfAnsibleName } from '../../vars/jinja/ansible-names.js';
import { environmentWords } from './environment.js';
import { exitStatuses } from './exit-statuses.js';
import { paragraph } from './paragraph.js';
import { paramsText } from './params-text.js';
import { contents, explanationText, indented } from './word-text.js';

/**
 * Returns the answer to `provision explain`, and the exit status: 1 for a word that nothing is known of.
 *
 * @param siteFolder whose own roles are meant as well. Without it those of the current folder are listed, but none is
 *   run: who asks what a word means may stand in anybody's folder
 */
export async function explain(
  word: string | undefined,
  siteFolder: string | undefined,
): Promise<{ readonly text: string; readonly status: 0 | 1 }> {
  const catalog = roleCatalog(siteFolder ?? '.');
  if (word === undefined) return { text: listOf(catalog), status: 0 };
  const asked = visibleLine(word)
    .replace(/^ansible\.(?:builtin|posix)\./, '')
    .replace(/:$/, '');
  const found = [
    ...explanationsOf(ourSpelling(asked) ?? asked).map((explanation) => explanationText(asked, explanation)),
    ...resourceText(asked),
    ...(await (siteFolder === undefined ? packageRoleText(asked) : roleText(asked, catalog))),
    ...helperText(asked),
    ...environmentText(asked),
    ...statusText(asked),
  ];
  if (found.length === 0) found.push(...insteadText(asked));
  if (found.length > 0) return { text: found.join('\n\n'), status: 0 };
  const near = nearest(asked, knownWords(catalog));
  const hint = near === undefined ? '`provision explain` lists what can be explained' : `did you mean "${near}"?`;
  return { text: `nothing is known of "${shortened(visibleLine(word), 200)}": ${hint}`, status: 1 };
}

function listOf(catalog: RoleCatalog): string {
  return contents([
    ...wordGroups.map(([title, words]) => ({ title, words: Object.keys(words) })),
    { title: 'resources', words: kinds() },
    { title: 'roles', words: catalog.names() },
    { title: 'helpers of templates and conditions', words: Object.keys(helperWords) },
    { title: 'environment variables', words: Object.keys(environmentWords) },
    { title: 'exit statuses', words: Object.keys(exitStatuses) },
    {
      title: 'not used here',
      words: unsupportedWords.filter((word) => explanationsOf(word).length === 0 && !kinds().includes(word)),
    },
    { title: 'not used here, of meta', words: unsupportedMetas },
  ]);
}

function knownWords(catalog: RoleCatalog): readonly string[] {
  const words = wordGroups.flatMap(([, group]) => Object.keys(group));
  const others = [...Object.keys(helperWords), ...Object.keys(environmentWords)];
  return [...words, ...kinds(), ...catalog.names(), ...others, ...unsupportedWords, ...unsupportedMetas];
}

function kinds(): readonly string[] {
  return resourceKinds.map(({ kind }) => kind);
}

function resourceText(word: string): readonly string[] {
  const resource = resourceKinds.find(({ kind }) => kind === word);
  if (resource === undefined) return [];
  const example = Object.hasOwn(resourceExamples, word) ? indented(resourceExamples[word] ?? '') : undefined;
  const text = `${word} (resource)\n${paragraph(resource.summary)}\n${paramsText(resource.params)}`;
  return [example === undefined ? text : `${text}\n\n${example}`];
}

function helperText(word: string): readonly string[] {
  const helper = Object.hasOwn(helperWords, word) ? helperWords[word] : undefined;
  if (helper === undefined) return [];
  const { means, example, gives } = helper;
  return [`${word} (template, condition)\n${paragraph(means)}\n\n    ${example}  →  ${JSON.stringify(gives)}`];
}

function environmentText(word: string): readonly string[] {
  const explanation = Object.hasOwn(environmentWords, word) ? environmentWords[word] : undefined;
  return explanation === undefined ? [] : [explanationText(word, explanation)];
}

async function roleText(word: string, catalog: RoleCatalog): Promise<readonly string[]> {
  if (!catalog.names().includes(word)) return [];
  const role = await catalog.load(word);
  return role === undefined ? [] : [`${word} (role)\n${paragraph(role.summary)}\n${paramsText(role.vars)}`];
}

/** Explains a role. One of the package is loaded; one of the current folder is a program, and is not run. */
async function packageRoleText(word: string): Promise<readonly string[]> {
  const ours = await roleText(word, packageRoles());
  if (!namesBeside('.').includes(word)) return ours;
  const about = `A site in this folder means roles/${word} by that name. It is a program: \`provision explain ${word} --roles .\` runs it, and shows its variables.`;
  return [...ours, `${word} (role of the site here)\n${paragraph(about)}`];
}

function statusText(word: string): readonly string[] {
  const means = Object.hasOwn(exitStatuses, word) ? exitStatuses[word] : undefined;
  return means === undefined ? [] : [`exit status ${word}\n${paragraph(means)}`];
}

function insteadText(word: string): readonly string[] {
  const instead = insteadOf(word, kinds());
  if (instead !== undefined) return [`${word} (of Ansible, not used here)\n${paragraph(`Instead: ${instead}.`)}`];
  const variable = insteadOfAnsibleName(word);
  if (variable !== undefined)
    return [`${word} (variable of Ansible, not used here)\n${paragraph(`Instead: ${variable}.`)}`];
  const meta = insteadOfMeta(word);
  return meta === undefined ? [] : [`meta: ${word} (of Ansible, not used here)\n${paragraph(`Instead: ${meta}.`)}`];
}
