import type { Hash, Revision } from '@evenkeel/contracts';

/**
 * What was delivered is not the history that this reader holds: a changed text, a fork, another book. Nothing that
 * follows it can be trusted, and asking again will not help: a person must look. What was shown before stays in force.
 */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';

  constructor(
    readonly revision: Revision,
    readonly expected: Hash,
    readonly found: Hash,
    what: string,
  ) {
    super(`revision ${revision}: ${what}; expected ${expected}, found ${found}`);
  }
}

/** The feed left commits out and could not give them when asked. Ask again later. */
export class MissingCommits extends Error {
  override readonly name = 'MissingCommits';

  constructor(
    readonly after: Revision,
    readonly before: Revision,
  ) {
    super(`no feed has the commits between revision ${after} and revision ${before}`);
  }
}
