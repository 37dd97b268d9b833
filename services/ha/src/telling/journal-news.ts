import type { HaAnswer, HaQuestion, HaRole, HaStatus, JournalNews, NodeName, RoleCause } from '@evenkeel/contracts';
import type { News } from '@evenkeel/election';
import { inWords } from '../in-words.ts';

type Told = Pick<HaStatus, 'node' | 'group' | 'addresses' | 'evidence' | 'epoch'>;

/** What of an agent's news belongs into the journal, with what it went by at that moment. */
export const journalNewsOf = (news: News, status: Told): JournalNews | undefined => {
  const sentence = `${status.node}: ${inWords(news)}`;
  switch (news.kind) {
    case 'took-over':
      return roleChanged(status, { to: 'active', epoch: news.epoch, cause: news.why, sentence });
    case 'let-go':
      return roleChanged(status, { to: 'standby', epoch: news.epoch, cause: news.why, sentence, goesTo: news.to });
    case 'address-in-use': {
      const { group, addresses } = status;
      return { kind: 'address-in-use', sentence, entities: [], group, addresses, by: news.by };
    }
    case 'stood-down':
      return undefined; // no role changed, and it may be tried again in every heartbeat
  }
};

/** The supervisor has let go of the addresses for its agent. */
export const letGoFor = (status: Told, cause: 'agent-ended' | 'stopped', why: string): JournalNews =>
  roleChanged(status, {
    to: 'standby',
    epoch: status.epoch,
    cause,
    sentence: `${status.node}: this node does not serve the addresses any more (epoch ${status.epoch}): ${why}`,
  });

/** Who wanted what of this node, and what came of it. */
export const askedNews = (
  { node, group }: Pick<HaStatus, 'node' | 'group'>,
  { wish, actor, reason, ticket }: HaQuestion,
  answer: HaAnswer | undefined,
): JournalNews => {
  const wanted =
    wish.kind === 'make-active' ? 'to be active' : wish.isOn ? 'to be in maintenance' : 'to be in maintenance no more';
  const why = reason === undefined ? '' : ` (${reason})`;
  return {
    kind: 'ha-asked',
    sentence: `${actor.name} asked for ${node} ${wanted}${why}: ${cameOf(answer)}`.slice(0, 1_000),
    entities: [],
    group,
    wish: wish.kind === 'make-active' ? wish.kind : wish.isOn ? 'maintenance-on' : 'maintenance-off',
    outcome: answer?.kind ?? 'unanswered',
    actor,
    ...(reason === undefined ? {} : { reason }),
    ...(ticket === undefined ? {} : { ticket }),
  };
};

const cameOf = (answer: HaAnswer | undefined): string => {
  switch (answer?.kind) {
    case undefined:
      return 'the agent did not answer';
    case 'done':
      return answer.sentence;
    case 'not-in-time':
      return `not within ${answer.waitedMs} ms, because ${answer.why}`;
    case 'refused':
      return `refused, ${answer.refusal.kind}`;
  }
};

type Change = {
  readonly to: HaRole;
  readonly epoch: number;
  readonly cause: RoleCause;
  readonly sentence: string;
  readonly goesTo?: NodeName | undefined;
};

const roleChanged = (
  { group, addresses, evidence }: Told,
  { to, epoch, cause, sentence, goesTo }: Change,
): JournalNews => ({
  kind: 'role-changed',
  sentence,
  entities: [],
  group,
  from: to === 'active' ? 'standby' : 'active',
  to,
  epoch,
  cause,
  ...(goesTo === undefined ? {} : { goesTo }),
  addresses,
  evidence,
});
