import type { LeaveReason, News, TakeReason } from '@evenkeel/election';

const takenBecause: Record<TakeReason, string> = {
  alone: 'no other node is configured, and nobody answered for them',
  consent: 'the other node consented',
  silence: 'the other node was silent, and the gateway answered here',
  majority: 'a majority of the nodes consented',
};

const leftBecause: Record<LeaveReason, string> = {
  called: 'an operator called for another node',
  maintenance: 'this node is in maintenance',
  'gateway-lost': 'the gateway does not answer here, and does to another node',
  'no-proof': 'nobody consented and no gateway answered, so another node may serve them',
  outranked: 'another node serves them under a higher epoch',
  'lease-lost': 'the lease is with another node under a higher epoch',
  'kernel-refused': "the kernel's time was up before it was told to go on: this node was paused, or too busy",
};

const stoodDownBecause: Record<Extract<News, { kind: 'stood-down' }>['why'], string> = {
  'ticket-ended': 'too much time went by after the decision',
  'no-right': 'something was heard meanwhile that speaks against it',
  'lease-conflict': 'another node took the lease first',
};

/** For a person at 3 a.m. */
export const inWords = (news: News): string => {
  switch (news.kind) {
    case 'took-over': {
      const after = news.silentMs === undefined ? '' : `, after ${Math.round(news.silentMs)} ms of silence`;
      return `this node serves the addresses (epoch ${news.epoch}): ${takenBecause[news.why]}${after}`;
    }
    case 'let-go':
      return `this node does not serve the addresses any more (epoch ${news.epoch}): ${leftBecause[news.why]}${news.to === undefined ? '' : `; they go to ${news.to}`}`;
    case 'stood-down':
      return `this node did not take the addresses over: ${stoodDownBecause[news.why]}`;
    case 'address-in-use':
      return `another machine (${news.by}) answers for the addresses; this node does not take them`;
  }
};
