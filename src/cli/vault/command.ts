import { Command } from 'commander';
import { list } from '../option-values.js';

/** The command line of `provision vault`. Throws CommanderError instead of exiting. @param done is given the exit status */
export function vaultCommand(done: (status: number) => void): Command {
  void done;
  void list;
  return new Command('provision vault');
}
