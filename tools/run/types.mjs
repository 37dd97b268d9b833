import { run } from './processes.mjs';
import { programsOf } from './programs.mjs';

/**
 * Type-checks everything and prints the errors. Answers 0, or 1 when there is one. Each program has one checker: four of
 * them would each make nearly all types.
 */
export const checkTypes = async (root) => {
  const outcomes = await Promise.all(
    programsOf(root).map(async (program) => {
      let output = '';
      const args = ['-p', program, '--checkers', '1'];
      const status = await run('tsc', args, { onOutput: (chunk) => (output += chunk) });
      if (status !== 0) console.log(output.trimEnd());
      return status;
    }),
  );
  return outcomes.every((status) => status === 0) ? 0 : 1;
};
