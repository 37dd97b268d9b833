/** Which HAProxy, and as which node. */
export type HaproxyProgram = {
  readonly command: string;
  /** Local name among the peers (`-L`). */
  readonly nodeName: string;
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * `command`: a name or a path. Debian keeps HAProxy where a normal user's PATH does not look. Of our environment HAProxy
 * gets nothing else: it may hold secrets, and HAProxy reads variables of its own from there.
 */
export const haproxyProgram = (nodeName: string, command = 'haproxy'): HaproxyProgram => ({
  command,
  nodeName,
  environment: { PATH: [process.env.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(':') },
});
