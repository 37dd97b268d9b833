/** What one worker says of itself in `show info`. */
export type WorkerInfo = {
  readonly version: string;
  readonly pid: number;
  /** Of its configuration: our name for its structure. Empty in one that is not ours. */
  readonly description: string;
  /** How many connections it opens at the most. */
  readonly maxConnections: number;
};

export const readInfo = (answer: string): WorkerInfo => {
  const values = new Map(answer.split('\n').map((line) => splitOnce(line)));
  return {
    version: values.get('Version') ?? '',
    pid: Number(values.get('Pid')),
    description: values.get('description') ?? '',
    maxConnections: Number(values.get('Maxconn')),
  };
};

const splitOnce = (line: string): [string, string] => {
  const at = line.indexOf(': ');
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)];
};
