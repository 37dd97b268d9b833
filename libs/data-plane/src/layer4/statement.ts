import { type Family } from './ruleset.ts';

/**
 * The part of nft's JSON language that layer 4 uses, written the way nft lists it, so that what we send and what we
 * observe can be compared. Source: libnftables-json(5); every form was tried on nft 1.0.6.
 */
export type Statement =
  | { readonly counter: string }
  | { readonly match: { readonly op: '==' | '!=' | 'in'; readonly left: Expression; readonly right: Expression } }
  | Verdict
  | { readonly vmap: { readonly key: Expression; readonly data: { readonly set: readonly VerdictEntry[] } } }
  | { readonly mangle: { readonly key: Expression; readonly value: number } }
  | { readonly dnat: { readonly addr: string; readonly port?: number } }
  | { readonly masquerade: null }
  | {
      readonly reject:
        { readonly type: 'tcp reset' } | { readonly type: 'icmp' | 'icmpv6'; readonly expr: 'port-unreachable' };
    }
  | { readonly set: { readonly op: 'update' | 'delete'; readonly elem: SetElement; readonly set: string } }
  | { readonly 'ct count': { readonly val: number; readonly inv?: true } };

export type Verdict =
  | { readonly jump: { readonly target: string } }
  | { readonly goto: { readonly target: string } }
  | { readonly return: null }
  | { readonly drop: null };

export type VerdictEntry = readonly [Expression, Verdict];

export type SetElement = Expression | { readonly elem: { readonly val: Expression; readonly timeout: number } };

export type Expression =
  | string
  | number
  | readonly string[]
  | { readonly ct: { readonly key: 'mark' | 'state' | 'status' | 'direction' } }
  | { readonly meta: { readonly key: 'l4proto' | 'oifname' } }
  | { readonly payload: { readonly protocol: Family | 'th' | 'tcp'; readonly field: string } }
  | { readonly concat: readonly Expression[] }
  | { readonly numgen: { readonly mode: 'random' | 'inc'; readonly mod: number; readonly offset: 0 } }
  | { readonly range: readonly [number, number] }
  | { readonly prefix: { readonly addr: number; readonly len: number } }
  | { readonly set: readonly Expression[] };

export const connectionMark: Expression = { ct: { key: 'mark' } };
export const connectionState: Expression = { ct: { key: 'state' } };
export const protocol: Expression = { meta: { key: 'l4proto' } };
export const sourceIn = (family: Family): Expression => ({ payload: { protocol: family, field: 'saddr' } });
export const destinationIn = (family: Family): Expression => ({ payload: { protocol: family, field: 'daddr' } });
export const destinationPort: Expression = { payload: { protocol: 'th', field: 'dport' } };
export const tcpFlags: Expression = { payload: { protocol: 'tcp', field: 'flags' } };

export const is = (left: Expression, right: Expression): Statement => ({ match: { op: '==', left, right } });
export const isNot = (left: Expression, right: Expression): Statement => ({ match: { op: '!=', left, right } });
/** Any of the named flags is set. */
export const has = (left: Expression, right: Expression): Statement => ({ match: { op: 'in', left, right } });
export const jump = (target: string): Verdict => ({ jump: { target } });
export const goto = (target: string): Verdict => ({ goto: { target } });
export const update = (set: string, val: Expression, timeout: number): Statement => ({
  set: { op: 'update', elem: { elem: { val, timeout } }, set: `@${set}` },
});
export const erase = (set: string, elem: Expression): Statement => ({ set: { op: 'delete', elem, set: `@${set}` } });
/** The packet's connection counts among those seen here; true when they are more than `limit`. */
export const countsOver = (limit: number): Statement => ({ 'ct count': { val: limit, inv: true } });
/** The same; true when they are not more than `limit`. */
export const countsUpTo = (limit: number): Statement => ({ 'ct count': { val: limit } });
