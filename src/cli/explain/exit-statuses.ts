/** Meaning of each exit status of a run. */
export const exitStatuses: Readonly<Record<string, string>> = {
  '0': 'All hosts are as the site wants them; in check mode, they were all reached and asked.',
  '1': 'The input is wrong: each error was printed with its place, and no host was contacted.',
  '2': 'A task failed on a host. What was done before it stays done; run again once it is mended.',
  '3': 'With --check --strict: something would change, differs and is kept, or cannot be known.',
  '4': 'A host was unreachable.',
  '6': 'A host failed and another was unreachable.',
  '130': 'Interrupted with Ctrl-C. Tasks under way were finished; run again to go on.',
};
